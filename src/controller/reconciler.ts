/** The reconciler: finds what completions and dispatches missed. */
import type { Logger } from 'pino';

import type { OpenAttempt, OpenAttemptStore, OutboxStore } from '../store/ports.ts';
import { type Loop, startLoop } from './loop.ts';
import type { Watcher } from './watcher.ts';

/** What the reconciler compares. */
export interface ReconcilerPorts {
  readonly attempts: OpenAttemptStore;
  readonly outbox: Pick<OutboxStore, 'revive'>;
  readonly watcher: Pick<Watcher, 'wakeIfChanged'>;
  readonly logger: Logger;
}

const ROUND_MS = 60_000;
const PAGE = 1_000;
/** The most pods alive by default are through in four minutes; a start that Temporal knows already costs it a lookup. */
const REVIVED_AT_ONCE = 500;

/**
 * Every minute compares the open attempts with what the watcher saw and wakes the workflows whose pod is not as
 * fresh as they may believe, and has forgotten workflows started again. A waking means "look again", so one too
 * many costs a look and nothing else.
 */
export function startReconciler(ports: ReconcilerPorts): Loop {
  return startLoop({
    name: 'reconciler',
    logger: ports.logger,
    pauseMs: ROUND_MS,
    longestPauseMs: ROUND_MS,
    round: async () => {
      await reconcile(ports);
      return false;
    },
  });
}

/** One round. */
export async function reconcile({
  attempts,
  outbox,
  watcher,
  logger,
}: ReconcilerPorts): Promise<void> {
  let woken = 0;
  let page: readonly OpenAttempt[] = [];
  do {
    page = await attempts.listOpen(page.at(-1)?.taskId, PAGE);
    woken += page.filter((attempt) => watcher.wakeIfChanged(attempt)).length;
  } while (page.length === PAGE);
  const revived = await outbox.revive(REVIVED_AT_ONCE);
  if (woken > 0 || revived > 0) logger.debug({ woken, revived }, 'reconciled');
}
