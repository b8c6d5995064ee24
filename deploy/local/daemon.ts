import { spawn } from 'node:child_process';
import { closeSync, openSync, renameSync, statSync } from 'node:fs';

import { LocalError } from './local-error.ts';
import { endProcess, OWNER_VARIABLE, processesOf, recordProcess } from './process-record.ts';
import type { ProcessName, State } from './state.ts';

export interface Daemon {
  name: ProcessName;
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
}

const LARGEST_LOG = 20 * 1024 * 1024;

/**
 * Starts a program that outlives us, in a session of its own, and notes it in the state. It writes to the log
 * of its name; the log of before is kept once.
 */
export async function startDaemon(state: State, daemon: Daemon): Promise<void> {
  const logFile = logOf(state, daemon.name);
  rotate(logFile);
  const log = openSync(logFile, 'a', 0o600);
  try {
    const child = spawn(daemon.command, daemon.args, {
      cwd: '/',
      env: { ...(daemon.env ?? process.env), [OWNER_VARIABLE]: ownerOf(state, daemon.name) },
      detached: true,
      stdio: ['ignore', log, log],
    });
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
    const record = child.pid === undefined ? undefined : recordProcess(child.pid);
    if (record === undefined)
      throw new LocalError(`${daemon.name} ended at once: its log ${logFile} says why.`);
    state.update((file) => {
      file.processes[daemon.name] = record;
    });
  } finally {
    closeSync(log);
  }
}

/** Ends a daemon: the signal, SIGKILL after `graceSeconds`, then everything of it that no record names. */
export async function stopDaemon(
  state: State,
  name: ProcessName,
  signal: NodeJS.Signals,
  graceSeconds: number,
): Promise<void> {
  await endProcess(state.file.processes[name], signal, graceSeconds);
  const left = processesOf(ownerOf(state, name));
  await Promise.all(left.map(async (record) => endProcess(record, 'SIGKILL', 10)));
  state.update((file) => {
    Reflect.deleteProperty(file.processes, name);
  });
}

/** Where a daemon writes. */
export function logOf(state: State, name: string): string {
  return state.path('logs', `${name}.log`);
}

function ownerOf(state: State, name: ProcessName): string {
  return `${name}@${state.directory}`;
}

function rotate(logFile: string): void {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LARGEST_LOG) renameSync(logFile, `${logFile}.1`);
}
