/** One run of test layers: what it is given, what came of it, and the programs that it starts. */
import { spawn } from 'node:child_process';

import { ROOT } from './directories.ts';
import type { Layer } from './options.ts';

/** What one run of one or several layers came to. */
export interface LayerResult {
  layers: readonly Layer[];
  passed: number;
  failed: number;
  /** Tests that were there and did not run (`skip`, `-t`). */
  skipped: number;
  /** Why the layers, or a part of their tests, could not run on this machine. */
  obstacle?: string;
}

export interface LayerRun {
  layers: readonly Layer[];
  /** Arguments handed on to jest. */
  rest: readonly string[];
  /** The variables that tell the tests where things are, or why there are none. */
  environment: Record<string, string> | Error;
  signal: AbortSignal;
}

type Outcome = Pick<LayerResult, 'passed' | 'failed' | 'skipped'>;

/** Where nothing ran. */
export const NOTHING: Outcome = { passed: 0, failed: 0, skipped: 0 };

/** Runs a program whose words are for the person at the terminal; returns its exit code. */
export async function runInherited(
  command: string,
  args: readonly string[],
  run: LayerRun,
): Promise<number> {
  const { code } = await runChild(command, args, run, { stdout: 'inherit' });
  return code;
}

/** Runs a program and returns what it printed. */
export async function runCaptured(
  command: string,
  args: readonly string[],
  run: LayerRun,
  variables: Readonly<Record<string, string>> = {},
): Promise<{ code: number; text: string }> {
  return runChild(command, args, run, { stdout: 'pipe', variables });
}

async function runChild(
  command: string,
  args: readonly string[],
  run: LayerRun,
  how: { stdout: 'inherit' | 'pipe'; variables?: Readonly<Record<string, string>> },
): Promise<{ code: number; text: string }> {
  const variables = run.environment instanceof Error ? {} : run.environment;
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...variables, ...how.variables },
    stdio: ['inherit', how.stdout, 'inherit'],
  });
  const parts: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => parts.push(chunk));
  const end = (): void => {
    child.kill('SIGTERM');
  };
  run.signal.addEventListener('abort', end);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      resolve(status ?? 1);
    });
  });
  run.signal.removeEventListener('abort', end);
  return { code, text: Buffer.concat(parts).toString() };
}
