import { readFileSync } from 'node:fs';

import { logOf, startDaemon, stopDaemon } from './daemon.ts';
import { ROOT } from './directories.ts';
import { type Environment, serveEnvironment, withEnvironmentLock } from './environment.ts';
import { isFreePort } from './free-port.ts';
import { LocalError } from './local-error.ts';
import { occupants } from './occupants.ts';
import { isRunning } from './process-record.ts';
import type { State } from './state.ts';
import { waitUntil } from './wait.ts';

const READY_SECONDS = 120;
const SHOWN_LINES = 15;

/** Throws the sentence for a port that something else listens on. */
export async function requireFreePort(state: State, port: number): Promise<void> {
  const { processes, ports } = state.file;
  if (isRunning(processes.serve) && ports['api'] === port) return;
  if (await isFreePort(port)) return;
  throw new LocalError(
    `Port ${port} of 127.0.0.1 is taken by another program: give a free one with --port N.`,
  );
}

/**
 * Starts the server (all roles) and waits until it is ready; returns its URL. One that another `npm start` keeps
 * is used as it is; one that nobody keeps any more is replaced, because the code may have changed.
 */
export async function ensureServer(state: State, environment: Environment): Promise<string> {
  await withEnvironmentLock(state, async () => {
    const hasOthers = occupants(state).some(({ pid }) => pid !== process.pid);
    if (isRunning(state.file.processes.serve) && hasOthers) return;
    await stopDaemon(state, 'serve', 'SIGTERM', 20);
    await requireFreePort(state, environment.apiPort);
    state.update((file) => {
      file.ports['api'] = environment.apiPort;
    });
    await startDaemon(state, {
      name: 'serve',
      command: process.execPath,
      args: [`${ROOT}/src/bin/orrery.ts`, 'serve'],
      env: { ...process.env, ...serveEnvironment(environment) },
    });
  });
  const url = `http://127.0.0.1:${state.file.ports['api'] ?? environment.apiPort}`;
  const isReady = async (): Promise<boolean> => answersWell(`${url}/readyz`);
  const isDecided = async (): Promise<boolean> => !isServing(state) || (await isReady());
  await waitUntil(isDecided, READY_SECONDS);
  if (isServing(state) && (await isReady())) return url;
  throw new LocalError(
    `The server is not ready; the end of its log ${logOf(state, 'serve')}:\n${lastLines(state)}`,
  );
}

/** True while the server's process runs. */
export function isServing(state: State): boolean {
  return isRunning(state.file.processes.serve);
}

function lastLines(state: State): string {
  const lines = readFileSync(logOf(state, 'serve'), 'utf8').trimEnd().split('\n');
  return lines.slice(-SHOWN_LINES).join('\n');
}

async function answersWell(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(5000) }).then(
    (answer) => answer.ok,
    () => false,
  );
}
