/** The worker of the sleepers as its parent sees it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';

/** What it tells of itself: tasks that wait for their pods, memory in bytes, CPU since its start. */
export interface Look {
  readonly asleep: number;
  readonly rss: number;
  readonly cpuMs: number;
}

/** A running one. */
export interface SleepingWorker {
  /** The answer comes once it works. */
  look(): Promise<Look>;
  stop(): Promise<void>;
}

/** Starts it in a process of its own. */
export function startSleepingWorker(
  address: string,
  taskQueue: string,
  cache: number,
): SleepingWorker {
  const program = new URL('sleepers-worker.ts', import.meta.url);
  const child = fork(program, [address, taskQueue, String(cache)]);
  return {
    async look() {
      const answer = once(child, 'message');
      child.send('look');
      const [seen] = (await answer) as [Look];
      return seen;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
