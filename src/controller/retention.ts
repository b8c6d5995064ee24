/** Retention: what ended long ago is deleted, if the administrator wants that; idempotency keys always. */
import type { Logger } from 'pino';

import type { RetentionStore } from '../store/ports.ts';
import { type Loop, startLoop } from './loop.ts';

/** What is deleted, and after how long. */
export interface RetentionOptions {
  readonly retention: RetentionStore;
  /** Days since the end of a task; 0 keeps all tasks for ever. */
  readonly days: number;
  readonly logger: Logger;
}

const DAY_MS = 86_400_000;
/** Small enough to hold their locks for a moment only. */
const BATCH = 100;
const KEY_BATCH = 1_000;
const PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 600_000;

/** Each minute sweeps through the old tasks, batch by batch, and deletes those that ended; keys that may be forgotten too. */
export function startRetention({ retention, days, logger }: RetentionOptions): Loop {
  let after: string | undefined;

  async function sweepOn(): Promise<boolean> {
    if (days === 0) return false;
    const before = new Date(Date.now() - days * DAY_MS);
    const { deleted, next } = await retention.deleteEnded(before, { after, limit: BATCH });
    after = next;
    if (deleted > 0) logger.info({ deleted }, 'deleted tasks that ended long ago');
    return next !== undefined;
  }

  return startLoop({
    name: 'retention',
    logger,
    pauseMs: PAUSE_MS,
    longestPauseMs: LONGEST_PAUSE_MS,
    round: async () => {
      const keys = await retention.pruneKeys(KEY_BATCH);
      const hasMoreTasks = await sweepOn();
      return hasMoreTasks || keys === KEY_BATCH;
    },
  });
}
