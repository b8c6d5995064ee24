import { runCommand } from './command.ts';
import { logOf, startDaemon, stopDaemon } from './daemon.ts';
import { LocalError } from './local-error.ts';
import { isRunning } from './process-record.ts';
import { assignPort, type State } from './state.ts';
import { findTemporal } from './temporal-binary.ts';
import { waitUntil } from './wait.ts';

export interface TemporalServer {
  address: string;
  uiUrl: string;
  namespace: string;
}

const START_SECONDS = 60;

/**
 * A shard looks into its queues 20 times a second by default, so that each workflow task waits about 40 ms;
 * at 1,000 a short workflow takes a quarter of the time (measured: 50 ms instead of 200 ms).
 */
const DYNAMIC_CONFIG = {
  'history.transferProcessorMaxPollRPS': '1000',
  'history.timerProcessorMaxPollRPS': '1000',
};

/** The database file is half as fast as memory without these (measured); a power cut may cost the last moment. */
const SQLITE_PRAGMAS = { journal_mode: 'WAL', synchronous: 'NORMAL' };

/** Starts the Temporal dev server on the state directory's database file unless it runs. */
export async function ensureTemporal(state: State): Promise<TemporalServer> {
  const program = await findTemporal();
  if (!isRunning(state.file.processes.temporal)) await startServer(state, program);
  const address = `127.0.0.1:${state.file.ports['temporal'] ?? 0}`;
  const isHealthy = async (): Promise<boolean> =>
    runCommand(program, ['operator', 'cluster', 'health', '--address', address]).then(
      (answer) => answer.includes('SERVING'),
      () => false,
    );
  const isDecided = async (): Promise<boolean> =>
    !isRunning(state.file.processes.temporal) || (await isHealthy());
  await waitUntil(isDecided, START_SECONDS);
  if (!isRunning(state.file.processes.temporal) || !(await isHealthy())) {
    throw new LocalError(`Temporal does not start: its log ${logOf(state, 'temporal')} says why.`);
  }
  return {
    address,
    uiUrl: `http://127.0.0.1:${state.file.ports['temporalUi'] ?? 0}`,
    namespace: 'default',
  };
}

/** Ends the dev server; the database file stays. */
export async function stopTemporal(state: State): Promise<void> {
  await stopDaemon(state, 'temporal', 'SIGTERM', 10);
}

async function startServer(state: State, program: string): Promise<void> {
  await stopTemporal(state);
  const port = await assignPort(state, 'temporal');
  const uiPort = await assignPort(state, 'temporalUi');
  const flags = (flag: string, values: Record<string, string>): string[] =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  await startDaemon(state, {
    name: 'temporal',
    command: program,
    args: [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--db-filename', state.path('temporal.db')],
      ...[
        '--port',
        String(port),
        '--ui-port',
        String(uiPort),
        '--ui-disable-news-fetch',
        '--log-level',
        'warn',
      ],
      ...flags('--dynamic-config-value', DYNAMIC_CONFIG),
      ...flags('--sqlite-pragma', SQLITE_PRAGMAS),
    ],
  });
}
