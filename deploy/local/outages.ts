import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { defaultStateDirectory, ROOT } from './directories.ts';
import { leaveEnvironment, prepareEnvironment, testEnvironment } from './environment.ts';
import { describeError, LocalError } from './local-error.ts';
import { createProgress } from './progress.ts';
import { onInterrupt } from './signals.ts';
import { openState } from './state.ts';

const HELP = `npm run outages -- [options]
  --engine NAME   which one is taken away: postgres, temporal or kubernetes (each in turn)
  --minutes M     for how long (5)
  --how HOW       refused: connections are reset and refused; silent: nothing answers any more (refused)
  --report FILE   writes the report as Markdown
  --state DIR     where the environment keeps its state (that of \`npm test\`)
  --help          this text
Ends with 0 when nothing was lost, failed or left over because of it, with 1 otherwise.`;

const OUTAGES = fileURLToPath(new URL('../../test/outages/main.ts', import.meta.url));
/** Handed on to the run itself, which checks their values. */
const HANDED_ON = ['engine', 'minutes', 'how', 'report'] as const;

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
        ...{ engine: text, minutes: text, how: text, report: text, state: text },
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
async function runOutages(options: Options, signal: AbortSignal): Promise<number> {
  const state = openState(options.state);
  const progress = createProgress();
  progress.say(`Preparing the environment in ${state.directory}`);
  const environment = await prepareEnvironment({
    ...{ state, progress, signal, isDurable: false, apiPort: 0 },
    files: path.join(state.directory, 'files'),
  });
  const run = spawn(process.execPath, [OUTAGES, ...options.rest], {
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
    return await runOutages(options, signal);
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
