/** The worker of the sleepers as its parent sees it. */
import { type AskedProcess, startAsked } from '../asked-process.ts';

/** What it tells of itself: tasks that wait for their pods, memory in bytes, CPU since its start. */
export interface Look {
  readonly asleep: number;
  readonly rss: number;
  readonly cpuMs: number;
}

/** A running one. */
export type SleepingWorker = AskedProcess<Look>;

/** Starts it in a process of its own. */
export function startSleepingWorker(
  address: string,
  taskQueue: string,
  cache: number,
): SleepingWorker {
  const program = new URL('sleepers-worker.ts', import.meta.url);
  return startAsked(program, [address, taskQueue, String(cache)]);
}
