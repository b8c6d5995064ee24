import {
  type Environment,
  leaveEnvironment,
  prepareEnvironment,
  resetEnvironment,
  serveEnvironment,
  writeVariables,
} from './environment.ts';
import { runHelloTask, type TaskDocument } from './hello-task.ts';
import { runInterruptible } from './interruption.ts';
import { describeError, LocalError } from './local-error.ts';
import { parseStartOptions, type StartOptions } from './options.ts';
import { createProgress } from './progress.ts';
import { ensureServer, isServing, requireFreePort } from './server.ts';
import { onInterrupt } from './signals.ts';
import { openState, type State } from './state.ts';
import { waitUntil } from './wait.ts';

const HELP = `npm start -- [options]
  --once          end after the hello task: status 0 when it is COMPLETE
  --port N        port of the API on 127.0.0.1 (8080)
  --files DIR     the folder that tasks read and write by file:// URLs (a folder of the state directory)
  --context NAME  a cluster of your kubeconfig instead of the private one
  --state DIR     where databases, cluster and logs live (~/.local/state/orrery)
  --reset         forget all state first
  --help          this text`;

const progress = createProgress();

/** Starts everything, runs the hello task and serves until it is told to stop; returns the exit status. */
async function start(options: StartOptions, state: State, signal: AbortSignal): Promise<number> {
  progress.say(`Preparing Orrery in ${state.directory}`);
  await requireFreePort(state, options.port);
  const environment = await prepareEnvironment({
    ...options,
    state,
    progress,
    signal,
    isDurable: true,
    apiPort: options.port,
  });
  writeVariables(state, serveEnvironment(environment));
  const url = await progress.step('server', async () =>
    runInterruptible(signal, async () => ensureServer(state, environment)),
  );
  const task = await runInterruptible(signal, async () => hello(url, environment));
  console.log(JSON.stringify(task, undefined, 2));
  console.log(describe(url, environment, task));
  if (options.isOnce) return task.state === 'COMPLETE' ? 0 : 1;
  console.log('Serving; Ctrl-C stops everything.');
  return serveUntil(state, signal);
}

async function hello(url: string, environment: Environment): Promise<TaskDocument> {
  const { files } = environment;
  return progress.step('hello task', async () =>
    runHelloTask({
      url,
      image: environment.images.demo,
      ...(files === undefined ? {} : { files }),
      onState: (name) => {
        progress.say(`    hello task: ${name}`);
      },
    }),
  );
}

function describe(
  url: string,
  { temporal, files, stateDir }: Environment,
  task: TaskDocument,
): string {
  return `
  API            ${url}/ga4gh/tes/v1
  API docs       ${url}/docs
  Temporal UI    ${temporal.uiUrl}/namespaces/${temporal.namespace}/workflows/${task.id}
  files folder   ${files?.directory ?? 'not available on this cluster'}
  state, logs    ${stateDir}
`;
}

async function serveUntil(state: State, signal: AbortSignal): Promise<number> {
  // Half a minute at a time: the wait itself has to have an end.
  while (!(await waitUntil(() => signal.aborted || !isServing(state), 30)));
  if (signal.aborted) return 0;
  throw new LocalError(
    `The server has ended by itself: its log ${state.path('logs', 'serve.log')} says why.`,
  );
}

async function main(): Promise<number> {
  const options = parseStartOptions(process.argv.slice(2));
  if (options.isHelp) {
    console.log(HELP);
    return 0;
  }
  const signal = onInterrupt();
  if (options.isReset) await resetEnvironment(options.state);
  const state = openState(options.state);
  try {
    return await start(options, state, signal);
  } catch (error) {
    if (signal.aborted) return 130;
    console.error(describeError(error));
    return 1;
  } finally {
    const outcome = await leaveEnvironment(state);
    progress.say(outcome === 'stopped' ? 'Stopped.' : `The environment goes on: it is ${outcome}.`);
  }
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(describeError(error));
  return 1;
});
