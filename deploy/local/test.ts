import {
  prepareEnvironment,
  resetEnvironment,
  testEnvironment,
  writeVariables,
} from './environment.ts';
import type { LayerResult } from './layer-run.ts';
import { describeError } from './local-error.ts';
import { parseTestOptions, type TestOptions } from './options.ts';
import { createProgress } from './progress.ts';
import { runCommandLine } from './run-in-environment.ts';
import { openState } from './state.ts';
import { needsEnvironment, runLayers } from './test-layers.ts';

const HELP = `npm test -- [options] [jest options]
  --layer NAME    only this layer: unit, contract, workflow, replay, shim, integration, e2e (may be repeated)
  --keep          leave the environment running, for the next run and for \`npm run local\`
  --context NAME  a cluster of your kubeconfig instead of the private one
  --state DIR     where the environment keeps its state
  --files DIR     the folder that test tasks read and write
  --reset         forget all state first
  --help          this text`;

const progress = createProgress();

async function runTests(options: TestOptions, signal: AbortSignal): Promise<number> {
  if (options.isReset) await resetEnvironment(options.state);
  const environment = options.layers.some(needsEnvironment)
    ? await prepareForTests(options, signal)
    : {};
  const { layers, rest } = options;
  return summarize(await runLayers({ layers, rest, environment, signal }));
}

/** The variables that tell the tests where things are, or the obstacle that keeps this machine from having them. */
async function prepareForTests(
  options: TestOptions,
  signal: AbortSignal,
): Promise<Record<string, string> | Error> {
  const state = openState(options.state);
  progress.say(`Preparing the test environment in ${state.directory}`);
  try {
    const environment = await prepareEnvironment({
      ...options,
      state,
      progress,
      signal,
      isDurable: false,
      apiPort: 0,
    });
    state.update((file) => {
      file.kept = options.isKept || file.kept === true;
    });
    const variables = testEnvironment(environment);
    progress.say(`  variables for single tests: ${writeVariables(state, variables)}`);
    return variables;
  } catch (error) {
    if (signal.aborted) throw error;
    console.error(describeError(error));
    return new Error(describeError(error), { cause: error });
  }
}

/** The exit status. A layer that could not run is named; on CI it counts as a failure. */
function summarize(results: readonly LayerResult[]): number {
  const sum = (count: (result: LayerResult) => number): number =>
    results.reduce((total, result) => total + count(result), 0);
  const obstacles = results.filter(({ obstacle }) => obstacle !== undefined);
  console.log();
  for (const { layers, passed, failed, skipped, obstacle } of results) {
    const outcome =
      obstacle ?? `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} not run` : ''}`;
    console.log(
      `${layers.join(', ')}: ${obstacle === undefined ? '' : 'cannot run here: '}${outcome}`,
    );
  }
  const isCi = (process.env['CI'] ?? '') !== '';
  const failures = sum(({ failed }) => failed) + (isCi ? obstacles.length : 0);
  console.log(`${sum(({ passed }) => passed)} passed, ${failures} failed`);
  return failures === 0 ? 0 : 1;
}

await runCommandLine({ help: HELP, parse: parseTestOptions, run: runTests });
