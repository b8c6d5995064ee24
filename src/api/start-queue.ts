import { setTimeout as after } from 'node:timers/promises';

import type { FastifyBaseLogger } from 'fastify';

import type { Dispatch, OutboxStore, WakeStore } from '../store/ports.ts';
import type { TaskLauncher } from '../temporal/ports.ts';

/** Tells Temporal of new and canceled tasks right after their requests were answered. */
export interface StartQueue {
  /** Never blocks and never fails; what is not taken here is the dispatcher's, which is woken. */
  offer(taskId: string, desired: Dispatch['desired']): void;
  /** Waits until nothing is in flight, but no longer than `limitMs` milliseconds. */
  drain(limitMs: number): Promise<void>;
}

/** What the queue works with. */
export interface StartQueueDeps {
  readonly outbox: Pick<OutboxStore, 'claimOne' | 'markDispatched'>;
  readonly wakes: Pick<WakeStore, 'wake'>;
  readonly launcher: TaskLauncher;
  readonly logger: FastifyBaseLogger;
}

/** More at a time would only compete with the requests for connections, and a backlog would hide an outage. */
const IN_FLIGHT = 16;

/** Where one start was held the next ones are too; the dispatcher needs about this time to make room. */
const HELD_MS = 250;

/**
 * The bounded fast path from the API to Temporal. It claims the outbox row first, so that the dispatcher does not do the
 * same, and within what the dispatcher found free.
 */
export function createStartQueue({ outbox, wakes, launcher, logger }: StartQueueDeps): StartQueue {
  const inFlight = new Set<Promise<void>>();
  let heldUntil = 0;

  const tell = async (taskId: string): Promise<void> => {
    try {
      const claimed = await outbox.claimOne(taskId);
      if (claimed === undefined) return;
      if (claimed === 'held') {
        heldUntil = performance.now() + HELD_MS;
        wakes.wake();
        return;
      }
      // A closed workflow is the dispatcher's business, which finds the row again.
      if ((await launcher.launch(claimed)) === 'open') await outbox.markDispatched([taskId]);
    } catch (error) {
      logger.warn({ err: error, taskId }, 'left to the dispatcher');
    }
  };

  return {
    offer(taskId, desired) {
      const held = desired === 'start' && performance.now() < heldUntil;
      if (held || inFlight.size >= IN_FLIGHT) {
        wakes.wake();
        return;
      }
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
