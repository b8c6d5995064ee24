import { setTimeout as after } from 'node:timers/promises';

/** Work that follows an answer and that somebody else repeats when it is lost. */
export interface AfterAnswer {
  /** Starts the work unless too much is in flight already; false = dropped. The work must not reject. */
  offer(work: () => Promise<void>): boolean;
  /** Waits until nothing is in flight, but no longer than `limitMs` milliseconds. */
  drain(limitMs: number): Promise<void>;
}

/** Runs at most `limit` pieces of work at a time and keeps no queue: a backlog here would only hide an outage. */
export function createAfterAnswer(limit: number): AfterAnswer {
  const inFlight = new Set<Promise<void>>();
  return {
    offer(work) {
      if (inFlight.size >= limit) return false;
      const running = work().finally(() => inFlight.delete(running));
      inFlight.add(running);
      return true;
    },
    async drain(limitMs) {
      const timer = new AbortController();
      const patience = after(limitMs, undefined, { signal: timer.signal }).catch(() => undefined);
      await Promise.race([Promise.allSettled(inFlight), patience]);
      timer.abort();
    },
  };
}
