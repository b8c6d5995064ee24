import { setTimeout as after } from 'node:timers/promises';

import type { FastifyBaseLogger } from 'fastify';

import type { OutboxStore } from '../store/ports.ts';
import type { TaskLauncher } from '../temporal/ports.ts';

/** Tells Temporal of new and canceled tasks right after their requests were answered. */
export interface StartQueue {
  /** Never blocks and never fails; what is dropped or lost here is found by the dispatcher. */
  offer(taskId: string): void;
  /** Waits until nothing is in flight, but no longer than `limitMs` milliseconds. */
  drain(limitMs: number): Promise<void>;
}

/** What the queue works with. */
export interface StartQueueDeps {
  readonly outbox: Pick<OutboxStore, 'claimOne' | 'markDispatched'>;
  readonly launcher: TaskLauncher;
  readonly logger: FastifyBaseLogger;
}

/** More at a time would only compete with the requests for connections, and a backlog would hide an outage. */
const IN_FLIGHT = 16;

/** The bounded fast path from the API to Temporal. It claims the outbox row first, so that the dispatcher does not do the same. */
export function createStartQueue({ outbox, launcher, logger }: StartQueueDeps): StartQueue {
  const inFlight = new Set<Promise<void>>();

  const tell = async (taskId: string): Promise<void> => {
    try {
      const claimed = await outbox.claimOne(taskId);
      if (claimed === undefined) return;
      // A closed workflow is the dispatcher's business, which finds the row again.
      if ((await launcher.launch(claimed)) === 'open') await outbox.markDispatched([taskId]);
    } catch (error) {
      logger.warn({ err: error, taskId }, 'left to the dispatcher');
    }
  };

  return {
    offer(taskId) {
      if (inFlight.size >= IN_FLIGHT) return;
      const told = tell(taskId).finally(() => inFlight.delete(told));
      inFlight.add(told);
    },
    async drain(limitMs) {
      const timer = new AbortController();
      const patience = after(limitMs, undefined, { signal: timer.signal }).catch(() => undefined);
      await Promise.race([Promise.all(inFlight), patience]);
      timer.abort();
    },
  };
}
