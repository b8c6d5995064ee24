/** The dispatcher: from outbox rows to workflow starts. */
import pLimit from 'p-limit';
import type { Logger } from 'pino';

import type { Dispatch, OutboxStore } from '../store/ports.ts';
import type { TaskLauncher } from '../temporal/ports.ts';
import { type Loop, startLoop } from './loop.ts';

/** What the dispatcher acts on. */
export interface DispatcherPorts {
  readonly outbox: OutboxStore;
  readonly launcher: TaskLauncher;
  /** Ends a task whose workflow is closed; true once its row is final. */
  readonly endClosed: (taskId: string) => Promise<boolean>;
  readonly logger: Logger;
}

const BATCH = 64;
const STARTS_IN_FLIGHT = 16;

/**
 * Claims outbox rows and starts their workflows. A claim is committed before its start is sent and expires by
 * itself, so a start that fails here is simply claimed again.
 */
export function startDispatcher(ports: DispatcherPorts): Loop {
  return startLoop({
    name: 'dispatcher',
    logger: ports.logger,
    pauseMs: 250,
    longestPauseMs: 10_000,
    round: () => dispatchOnce(ports),
  });
}

async function dispatchOnce({
  outbox,
  launcher,
  endClosed,
  logger,
}: DispatcherPorts): Promise<boolean> {
  const claimed = await outbox.claim(BATCH);
  if (claimed.length === 0) return false;

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
  return claimed.length === BATCH;
}
