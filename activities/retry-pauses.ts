/** How long what failed waits for its next try. */

const FIRST_PAUSE_MS = 250;
const SHORTEST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 5 * 60_000;

/** The pauses of few never grow beyond this: after an outage they go on soon. */
const LONGEST_OF_FEW_MS = 15_000;

/** What one worker sends to engines that are away, or just back, however many tasks wait for them. */
const TRIES_PER_SECOND = 8;

/** What was tried again elsewhere is forgotten so long after its turn. */
const FORGET_MS = 60_000;

/** The pauses of one worker. */
export interface RetryPauses {
  /** The pause before the try after `tries`, which count from 1; in milliseconds. `what` names the step of the task. */
  after(what: string, tries: number): number;
  /** It does not fail any more. */
  passed(what: string): void;
}

/** Where the time and chance come from; `random` lies in [0, 1). */
export interface PauseSources {
  readonly now: () => number;
  readonly random: () => number;
}

/**
 * Full jitter, doubling up to a bound that grows with the number of those who wait: ten thousand tasks that met the same
 * outage come back within five minutes, spread evenly, while a few dozen need not wait longer than seconds.
 */
export function createRetryPauses({ now, random }: PauseSources): RetryPauses {
  const dueAt = new Map<string, number>();
  let sweptAt = now();

  function sweep(): void {
    if (now() - sweptAt < FORGET_MS) return;
    sweptAt = now();
    for (const [what, due] of dueAt) if (due + FORGET_MS < sweptAt) dueAt.delete(what);
  }

  return {
    after(what, tries) {
      sweep();
      dueAt.set(what, now());
      // The mean of full jitter is half of its bound.
      const fair = (2 * 1000 * dueAt.size) / TRIES_PER_SECOND;
      const bound = Math.min(LONGEST_PAUSE_MS, Math.max(LONGEST_OF_FEW_MS, fair));
      const longest = Math.min(bound, FIRST_PAUSE_MS * 2 ** (tries - 1));
      const pause = Math.max(SHORTEST_PAUSE_MS, Math.round(longest * random()));
      dueAt.set(what, now() + pause);
      return pause;
    },
    passed(what) {
      dueAt.delete(what);
    },
  };
}
