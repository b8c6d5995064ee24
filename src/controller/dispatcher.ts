/** The dispatcher: from outbox rows to workflow starts. */
import pLimit from 'p-limit';
import type { Logger } from 'pino';

import type {
  Dispatch,
  DispatchRound,
  OutboxStore,
  StartLimits,
  WakeStore,
} from '../store/ports.ts';
import type { TaskLauncher } from '../temporal/ports.ts';
import { type Loop, startLoop } from './loop.ts';

/** What the dispatcher acts on. */
export interface DispatcherPorts {
  readonly outbox: Pick<OutboxStore, 'claim' | 'markDispatched'>;
  /** Tells of new tasks; without it they are found a little later. */
  readonly wakes: Pick<WakeStore, 'listen'>;
  readonly limits: StartLimits;
  readonly launcher: TaskLauncher;
  /** Ends a task whose workflow is closed; true once its row is final. */
  readonly endClosed: (taskId: string) => Promise<boolean>;
  readonly logger: Logger;
}

const BATCH = 64;
const STARTS_IN_FLIGHT = 16;

/** While there is work, and to notice soon what makes room. */
const BUSY_PAUSE_MS = 250;

/** Short enough that what a round found free is still believed when the next one comes. */
const IDLE_PAUSE_MS = 1_500;

/**
 * Claims outbox rows and starts their workflows. A claim is committed before its start is sent and expires by
 * itself, so a start that fails here is simply claimed again.
 */
export function startDispatcher(ports: DispatcherPorts): Loop {
  let busy = true;
  let held = false;
  const loop = startLoop({
    name: 'dispatcher',
    logger: ports.logger,
    pauseMs: () => (busy ? BUSY_PAUSE_MS : IDLE_PAUSE_MS),
    longestPauseMs: 10_000,
    round: async () => {
      const { claimed, left } = await ports.outbox.claim(BATCH, ports.limits);
      busy = claimed.length > 0 || left !== 'nothing';
      held = left === 'held';
      await launchAll(ports, claimed);
      return left === 'ready';
    },
  });
  const listening = ports.wakes.listen(() => {
    // A new task makes no room: rounds at its bidding would find the same again and again.
    if (!held) loop.wake();
  });
  return {
    wake: () => {
      loop.wake();
    },
    async stop() {
      await Promise.all([loop.stop(), listening.stop()]);
    },
  };
}

async function launchAll(
  { outbox, launcher, endClosed, logger }: DispatcherPorts,
  claimed: DispatchRound['claimed'],
): Promise<void> {
  if (claimed.length === 0) return;
  const limit = pLimit(STARTS_IN_FLIGHT);
  const started: string[] = [];
  const send = async (row: Dispatch): Promise<void> => {
    try {
      const outcome = await launcher.launch(row);
      if (outcome === 'open' || (await endClosed(row.taskId))) started.push(row.taskId);
    } catch (error) {
      logger.warn(
        { err: error, taskId: row.taskId },
        'workflow not started, will be claimed again',
      );
    }
  };
  await Promise.all(claimed.map((row) => limit(send, row)));

  await outbox.markDispatched(started);
  if (started.length === 0) throw new Error('none of the claimed tasks could be dispatched');
}
