import type { FastifyBaseLogger } from 'fastify';

import type { OutboxStore } from '../store/ports.ts';
import type { TaskLauncher } from '../temporal/ports.ts';
import { createAfterAnswer } from './after-answer.ts';

/** Starts the workflow of a task right after its creation was answered. */
export interface StartQueue {
  /** Never blocks and never fails; a task that is dropped here is found by the dispatcher. */
  offer(taskId: string): void;
  /** Waits until nothing is in flight, but no longer than `limitMs` milliseconds. */
  drain(limitMs: number): Promise<void>;
}

/** What the queue works with. */
export interface StartQueueDeps {
  readonly outbox: Pick<OutboxStore, 'claimOne' | 'markDispatched'>;
  readonly launcher: Pick<TaskLauncher, 'start'>;
  readonly logger: FastifyBaseLogger;
}

/** How many starts may be in flight; more would only compete with the requests for connections. */
const IN_FLIGHT = 16;

/** The bounded fast path from POST to Temporal. It claims the outbox row first, so the dispatcher never starts beside it. */
export function createStartQueue({ outbox, launcher, logger }: StartQueueDeps): StartQueue {
  const work = createAfterAnswer(IN_FLIGHT);

  const start = async (taskId: string): Promise<void> => {
    try {
      if (!(await outbox.claimOne(taskId))) return;
      await launcher.start(taskId);
      await outbox.markDispatched([taskId]);
    } catch (error) {
      logger.warn({ err: error, taskId }, 'start left to the dispatcher');
    }
  };

  return {
    offer(taskId) {
      if (!work.offer(() => start(taskId))) logger.debug({ taskId }, 'start queue is full');
    },
    drain: (limitMs) => work.drain(limitMs),
  };
}
