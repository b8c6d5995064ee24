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

async function dispatchOnce({ outbox, launcher, logger }: DispatcherPorts): Promise<boolean> {
  const claimed = await outbox.claim(BATCH);
  if (claimed.length === 0) return false;

  const limit = pLimit(STARTS_IN_FLIGHT);
  const started: string[] = [];
  const send = async (row: Dispatch): Promise<void> => {
    try {
      await launcher.launch(row);
      started.push(row.taskId);
    } catch (error) {
      logger.warn(
        { err: error, taskId: row.taskId },
        'workflow not started, will be claimed again',
      );
    }
  };
  await Promise.all(claimed.map((row) => limit(send, row)));

  await outbox.markDispatched(started);
  if (started.length === 0) throw new Error('Temporal took none of the workflow starts');
  return claimed.length === BATCH;
}
