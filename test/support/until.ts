/** Waiting in tests: by looking again, never by a fixed pause. */
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

/** How long and how often is looked; `what` is said when it does not come. Times in milliseconds. */
export interface Patience {
  readonly what: string;
  readonly withinMs: number;
  readonly everyMs?: number;
}

/** Looks until the answer is neither undefined nor false, and returns it. Throws with the last failed look otherwise. */
export async function until<T>(
  look: () => Promise<T | undefined | false> | T | undefined | false,
  { what, withinMs, everyMs = 150 }: Patience,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  let failure: unknown;
  for (;;) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    if (performance.now() >= deadline) {
      throw new Error(`waited ${withinMs} ms in vain: ${what}`, { cause: failure });
    }
    await pause(everyMs);
  }
}
