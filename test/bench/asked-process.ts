/** A program in a process of its own that tells of itself when it is asked, by messages. */
import { fork } from 'node:child_process';
import { once } from 'node:events';

/** A running one; `Look` is what it tells. */
export interface AskedProcess<Look> {
  /** The answer comes once it works. */
  look(): Promise<Look>;
  stop(): Promise<void>;
}

/** Starts it. It ends by itself when it is disconnected. */
export function startAsked<Look>(
  program: URL,
  args: readonly string[],
  nodeOptions: readonly string[] = [],
): AskedProcess<Look> {
  const child = fork(program, args, { execArgv: [...process.execArgv, ...nodeOptions] });
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
