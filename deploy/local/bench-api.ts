import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { defaultStateDirectory, ROOT } from './directories.ts';
import { withEnvironmentLock } from './environment.ts';
import { runInterruptible } from './interruption.ts';
import { describeError } from './local-error.ts';
import { ensurePostgres, stopPostgres } from './postgres.ts';
import { createProgress } from './progress.ts';
import { onInterrupt } from './signals.ts';
import { openState, type State } from './state.ts';

const HELP = `npm run bench:api -- [options]
  Measures how fast the API accepts and reads tasks, on a Postgres of its own that syncs every commit.
  --million       read among 1,000,000 stored tasks too (several minutes and 6 GB of disk)
  --quick         two seconds a measurement in place of six
  --only PART     creates or reads
  --state DIR     where its Postgres keeps its data and the results are written
  --help          this text`;

const progress = createProgress();

/** Measures on a durable Postgres that runs for this only; returns the exit status. */
async function bench(state: State, args: readonly string[], signal: AbortSignal): Promise<number> {
  const url = await runInterruptible(signal, async () =>
    progress.step('Postgres', async () =>
      withEnvironmentLock(state, async () => ensurePostgres({ state, isDurable: true })),
    ),
  );
  const child = spawn(process.execPath, [`${ROOT}/test/bench/api/main.ts`, ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: {
      ...process.env,
      ORRERY_TEST_STATE_DIR: state.directory,
      ORRERY_TEST_POSTGRES_URL: url('postgres'),
    },
  });
  signal.addEventListener('abort', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      resolve(status ?? 1);
    });
  });
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      million: { type: 'boolean' },
      quick: { type: 'boolean' },
      only: { type: 'string' },
      state: { type: 'string', default: `${defaultStateDirectory()}-bench` },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const signal = onInterrupt();
  const state = openState(path.resolve(values.state));
  const args = [
    ...(values.million ? ['--million'] : []),
    ...(values.quick ? ['--quick'] : []),
    ...(values.only === undefined ? [] : ['--only', values.only]),
  ];
  try {
    return await bench(state, args, signal);
  } finally {
    await withEnvironmentLock(state, async () => {
      await stopPostgres(state);
      // Also the databases of a run that was interrupted.
      rmSync(state.path('postgres'), { recursive: true, force: true });
    });
  }
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(describeError(error));
  return 1;
});
