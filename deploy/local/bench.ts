import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { ROOT } from './directories.ts';
import {
  leaveEnvironment,
  prepareEnvironment,
  resetEnvironment,
  testEnvironment,
} from './environment.ts';
import { describeError } from './local-error.ts';
import { type BenchOptions, parseBenchOptions } from './options.ts';
import { createProgress } from './progress.ts';
import { onInterrupt } from './signals.ts';
import { openState } from './state.ts';

const HELP = `npm run bench -- [options]
  --quick         a short run, to see that it works
  --tasks N       how many pairs of a task and a bare pod, and how many at once (20)
  --context NAME  a cluster of your kubeconfig instead of the private one
  --state DIR     where the environment keeps its state (that of \`npm test\`)
  --files DIR     the folder for file:// URLs
  --reset         forget all state first
  --help          this text`;

const BENCH = fileURLToPath(new URL('../../test/bench/main.ts', import.meta.url));

const progress = createProgress();

/** Prepares the environment and hands over to the bench; returns its exit status. */
async function runBench(options: BenchOptions, signal: AbortSignal): Promise<number> {
  if (options.isReset) await resetEnvironment(options.state);
  const state = openState(options.state);
  progress.say(`Preparing the environment in ${state.directory}`);
  const environment = await prepareEnvironment({
    ...options,
    state,
    progress,
    signal,
    isDurable: true,
    apiPort: 0,
  });
  const bench = spawn(process.execPath, [BENCH, ...options.rest], {
    cwd: ROOT,
    env: { ...process.env, ...testEnvironment(environment) },
    stdio: 'inherit',
  });
  signal.addEventListener('abort', () => bench.kill('SIGTERM'));
  const [code] = (await once(bench, 'exit')) as [number | null];
  return code ?? 1;
}

async function main(): Promise<number> {
  const options = parseBenchOptions(process.argv.slice(2));
  if (options.isHelp) {
    console.log(HELP);
    return 0;
  }
  const signal = onInterrupt();
  try {
    return await runBench(options, signal);
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
