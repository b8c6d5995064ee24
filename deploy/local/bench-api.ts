import { rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { defaultStateDirectory } from './directories.ts';
import { withEnvironmentLock } from './environment.ts';
import { runInterruptible } from './interruption.ts';
import { ensurePostgres, stopPostgres } from './postgres.ts';
import { createProgress } from './progress.ts';
import { runCommandLine, runProgram } from './run-in-environment.ts';
import { openState } from './state.ts';

const HELP = `npm run bench:api -- [options]
  Measures how fast the API accepts and reads tasks, on a Postgres of its own that syncs every commit.
  --million       read among 1,000,000 stored tasks too (several minutes and 6 GB of disk)
  --quick         two seconds a measurement in place of six
  --only PART     creates or reads
  --state DIR     where its Postgres keeps its data and the results are written
  --help          this text`;

interface Options {
  readonly state: string;
  readonly args: readonly string[];
  readonly isHelp: boolean;
}

function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      million: { type: 'boolean' },
      quick: { type: 'boolean' },
      only: { type: 'string' },
      state: { type: 'string', default: `${defaultStateDirectory()}-bench` },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    state: path.resolve(values.state),
    args: [
      ...(values.million ? ['--million'] : []),
      ...(values.quick ? ['--quick'] : []),
      ...(values.only === undefined ? [] : ['--only', values.only]),
    ],
    isHelp: values.help,
  };
}

/** Measures on a durable Postgres that runs for this only; returns the exit status. */
async function bench({ state: directory, args }: Options, signal: AbortSignal): Promise<number> {
  const state = openState(directory);
  const url = await runInterruptible(signal, async () =>
    createProgress().step('Postgres', async () =>
      withEnvironmentLock(state, async () => ensurePostgres({ state, isDurable: true })),
    ),
  );
  const variables = {
    ORRERY_TEST_STATE_DIR: state.directory,
    ORRERY_TEST_POSTGRES_URL: url('postgres'),
  };
  return runProgram({ program: 'test/bench/api/main.ts', args }, variables, signal);
}

async function leave({ state: directory }: Options): Promise<void> {
  const state = openState(directory);
  await withEnvironmentLock(state, async () => {
    await stopPostgres(state);
    // Also the databases of a run that was interrupted.
    rmSync(state.path('postgres'), { recursive: true, force: true });
  });
}

await runCommandLine({ help: HELP, parse: parseOptions, run: bench, leave });
