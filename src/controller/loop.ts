/** A loop that survives its own failures. */
import type { Logger } from 'pino';

import { countRound } from '../telemetry/metrics.ts';

/** A running loop. */
export interface Loop {
  /** Ends the pause between two rounds; a pause after a failure is not shortened. */
  wake(): void;
  /** Waits for the round in hand. */
  stop(): Promise<void>;
}

/** What is repeated, and how. Durations in milliseconds. */
export interface LoopOptions {
  readonly name: string;
  readonly logger: Logger;
  /** Does one round; true asks for the next one at once. */
  readonly round: () => Promise<boolean>;
  /** A number, or what it is just now. */
  readonly pauseMs: number | (() => number);
  readonly longestPauseMs: number;
}

const FIRST_RETRY_MS = 250;

/** Repeats a round for ever; failures are logged and slow the loop down, doubling with jitter. */
export function startLoop(options: LoopOptions): Loop {
  let stopped = false;
  let woken = false;
  let endPause = (): void => undefined;

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function afterSuccess(again: boolean): Promise<void> {
    const { pauseMs } = options;
    const ms = typeof pauseMs === 'number' ? pauseMs : pauseMs();
    if (!again && !woken && !stopped) await pause(ms);
    woken = false;
  }

  async function afterFailure(error: unknown, failures: number): Promise<void> {
    options.logger.warn({ err: error, failures }, `${options.name} round failed`);
    const longest = Math.min(options.longestPauseMs, FIRST_RETRY_MS * 2 ** failures);
    failing = true;
    if (!stopped) await pause(longest * (0.5 + Math.random() / 2));
    failing = false;
  }

  let failing = false;

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopped) {
      try {
        const again = await options.round();
        countRound(options.name, 'done');
        failures = 0;
        await afterSuccess(again);
      } catch (error) {
        countRound(options.name, 'failed');
        failures += 1;
        await afterFailure(error, failures);
      }
    }
  }

  const running = run();
  return {
    wake() {
      woken = true;
      if (!failing) endPause();
    },
    async stop() {
      stopped = true;
      endPause();
      await running;
    },
  };
}
