import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { defaultStateDirectory, ROOT } from './directories.ts';
import {
  type EnvironmentOptions,
  leaveEnvironment,
  prepareEnvironment,
  testEnvironment,
} from './environment.ts';
import { describeError, LocalError } from './local-error.ts';
import { createProgress } from './progress.ts';
import { onInterrupt } from './signals.ts';
import { openState } from './state.ts';

const HELP = `npm run chaos -- [options]
  --tasks N       how many tasks are submitted (100)
  --minutes M     how long tasks are submitted and actions done, at least (3)
  --seed S        which tasks and actions are chosen (1)
  --pods KIND     simulated or real (simulated)
  --report FILE   writes the report as Markdown
  --mutant NAME   takes a guard out of a copy of the source: no-outbox, no-uid-record, no-finalizer,
                  no-proven-dead or no-relist; the run must find violations
  --state DIR     where the environment keeps its state (that of \`npm test\`)
  --help          this text
Ends with 0 when nothing was violated, with 1 otherwise.`;

const CHAOS = fileURLToPath(new URL('../../test/chaos/main.ts', import.meta.url));
/** Handed on to the run itself, which checks their values. */
const HANDED_ON = ['tasks', 'minutes', 'seed', 'pods', 'report', 'mutant'] as const;

interface Options {
  readonly state: string;
  readonly rest: readonly string[];
  readonly isHelp: boolean;
}

function parseOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        ...{ tasks: text, minutes: text, seed: text, pods: text, report: text, mutant: text },
        state: text,
        help: { type: 'boolean', default: false },
      },
    });
    return {
      state: path.resolve(values.state ?? `${defaultStateDirectory()}-test`),
      rest: HANDED_ON.flatMap((name) => {
        const value = values[name];
        return value === undefined ? [] : [`--${name}`, value];
      }),
      isHelp: values.help,
    };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new LocalError(`${problem}. --help lists the options.`);
  }
}

/** Prepares the environment and hands over to the run; returns its exit status. */
async function runChaos(options: Options, signal: AbortSignal): Promise<number> {
  const state = openState(options.state);
  const progress = createProgress();
  progress.say(`Preparing the environment in ${state.directory}`);
  const wanted: EnvironmentOptions = {
    ...{ state, progress, signal, isDurable: false, apiPort: 0 },
    files: path.join(state.directory, 'files'),
  };
  const environment = await prepareEnvironment(wanted);
  const run = spawn(process.execPath, [CHAOS, ...options.rest], {
    cwd: ROOT,
    env: { ...process.env, ...testEnvironment(environment) },
    stdio: 'inherit',
  });
  signal.addEventListener('abort', () => run.kill('SIGTERM'));
  const [code] = (await once(run, 'exit')) as [number | null];
  return code ?? 1;
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options.isHelp) {
    console.log(HELP);
    return 0;
  }
  const signal = onInterrupt();
  try {
    return await runChaos(options, signal);
  } catch (error) {
    if (signal.aborted) return 130;
    throw error;
  } finally {
    await leaveEnvironment(openState(options.state));
  }
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(describeError(error));
  return 1;
});
