/** A check that many callers share. */
import { performance } from 'node:perf_hooks';

/** So long a check is good enough for what can be put right afterwards. */
const LATELY_MS = 10_000;

/** Shares one `check` among callers; its rejection is theirs. */
export interface Recognition {
  /** A check that begins after this call. */
  anew(): Promise<void>;
  /** A check that began in the last ten seconds, or one made now. */
  lately(): Promise<void>;
}

/** Never runs `check` twice at once: whoever comes while it runs shares the next run. */
export function createRecognition(check: () => Promise<void>): Recognition {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let goodSince = -Infinity;

  async function run(): Promise<void> {
    const begun = performance.now();
    await check();
    goodSince = begun;
  }

  function start(): Promise<void> {
    running = run().finally(() => {
      running = undefined;
    });
    return running;
  }

  async function startAfter(current: Promise<void>): Promise<void> {
    await current.catch(() => undefined);
    next = undefined;
    await start();
  }

  function anew(): Promise<void> {
    if (next !== undefined) return next;
    if (running === undefined) return start();
    next = startAfter(running);
    return next;
  }

  return {
    anew,
    async lately() {
      if (performance.now() - goodSince >= LATELY_MS) await anew();
    },
  };
}
