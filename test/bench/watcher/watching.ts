/** A watching process as its parent sees it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';

import { environment } from '../../support/test-environment.ts';

/** What it tells of itself; memory in bytes. */
export interface Look {
  /** How many pods it has seen running. */
  readonly running: number;
  /** How long its first list took. */
  readonly listMs: number;
  /** After a garbage collection. */
  readonly heap: number;
  readonly rss: number;
}

/** A running one. */
export interface Watching {
  /** The answer comes once the first list is through. */
  look(): Promise<Look>;
  stop(): Promise<void>;
}

/** Starts to watch the pods of an installation. */
export function startWatching(namespace: string, installation: string): Watching {
  const program = new URL('watching-process.ts', import.meta.url);
  const child = fork(program, [environment('KUBECONFIG'), namespace, installation], {
    execArgv: [...process.execArgv, '--expose-gc'],
  });
  return {
    async look() {
      const answer = once(child, 'message');
      child.send('look');
      const [seen] = (await answer) as [Look];
      return seen;
    },
    async stop() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
