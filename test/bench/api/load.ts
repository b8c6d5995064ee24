/** Load on one address from a process of its own. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';

import type { Summary } from '../statistics.ts';

/** Which request is repeated, on how many connections, for how long. */
export interface Load {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Paths that take turns in place of the one of `url`. */
  readonly paths?: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  /** Before the measurement. */
  readonly warmSeconds: number;
}

/** Times of answers in milliseconds. */
export interface LoadResult extends Summary {
  readonly perSecond: number;
  /** Answers that were not 200, and requests without an answer. */
  readonly refused: number;
  /** Cores that the generator itself kept busy. */
  readonly generatorShare: number;
}

const PROCESS = path.join(import.meta.dirname, 'load-process.ts');

/** Runs a load to its end. Throws when the generator fails or a request is refused. */
export async function runLoad(load: Load): Promise<LoadResult> {
  const child = spawn(process.execPath, [PROCESS], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(load));
  const answer = await text(child.stdout);
  if (answer === '') throw new Error(`the load on ${load.url} ended without a result`);
  const result = JSON.parse(answer) as LoadResult;
  if (result.refused > 0) throw new Error(`${result.refused} requests to ${load.url} were refused`);
  return result;
}
