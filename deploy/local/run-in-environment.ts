/** What every command does that runs something in an environment: options, help, Ctrl-C, its end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

import { ROOT } from './directories.ts';
import {
  type EnvironmentOptions,
  leaveEnvironment,
  prepareEnvironment,
  resetEnvironment,
  testEnvironment,
} from './environment.ts';
import { describeError } from './local-error.ts';
import { createProgress } from './progress.ts';
import { onInterrupt } from './signals.ts';
import { openState } from './state.ts';

/** A command of this folder. */
export interface Command<Options> {
  readonly help: string;
  /** Throws a sentence for wrong options. */
  readonly parse: (args: readonly string[]) => Options;
  /** Resolves with the exit status; the signal is aborted by Ctrl-C. */
  readonly run: (options: Options, signal: AbortSignal) => Promise<number>;
  /** What is done at the end in any case; without it the environment of the state directory is left. */
  readonly leave?: (options: Options) => Promise<unknown>;
}

interface BasicOptions {
  readonly state: string;
  readonly isHelp: boolean;
}

/** Does a command with the arguments of this process, and sets its exit status: 130 when it was interrupted. */
export async function runCommandLine<Options extends BasicOptions>(
  command: Command<Options>,
): Promise<void> {
  process.exitCode = await runToItsEnd(command).catch((error: unknown) => {
    console.error(describeError(error));
    return 1;
  });
}

async function runToItsEnd<Options extends BasicOptions>(
  command: Command<Options>,
): Promise<number> {
  const options = command.parse(process.argv.slice(2));
  if (options.isHelp) {
    console.log(command.help);
    return 0;
  }
  const signal = onInterrupt();
  try {
    return await command.run(options, signal);
  } catch (error) {
    if (signal.aborted) return 130;
    throw error;
  } finally {
    await (command.leave?.(options) ?? leaveEnvironment(openState(options.state)));
  }
}

/** A program of ours, its arguments, and the environment it wants. */
export interface ProgramInEnvironment extends Pick<
  EnvironmentOptions,
  'files' | 'context' | 'isDurable'
> {
  readonly state: string;
  readonly isReset?: boolean;
  /** Path of a TypeScript file, from the root of the repository. */
  readonly program: string;
  readonly args: readonly string[];
}

/** Prepares the environment and runs a program with the variables of tests; resolves with its exit status. */
export async function runInEnvironment(
  wanted: ProgramInEnvironment,
  signal: AbortSignal,
): Promise<number> {
  if (wanted.isReset === true) await resetEnvironment(wanted.state);
  const state = openState(wanted.state);
  const progress = createProgress();
  progress.say(`Preparing the environment in ${state.directory}`);
  const environment = await prepareEnvironment({ ...wanted, state, progress, signal, apiPort: 0 });
  return runProgram(wanted, testEnvironment(environment), signal);
}

/** Runs a program of ours with these variables more; resolves with its exit status. SIGTERM follows Ctrl-C. */
export async function runProgram(
  { program, args }: Pick<ProgramInEnvironment, 'program' | 'args'>,
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<number> {
  const child = spawn(process.execPath, [path.join(ROOT, program), ...args], {
    cwd: ROOT,
    env: { ...process.env, ...variables },
    stdio: 'inherit',
  });
  signal.addEventListener('abort', () => child.kill('SIGTERM'));
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
