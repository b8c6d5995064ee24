import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

import { isRunning, type ProcessRecord, recordProcess } from './process-record.ts';
import type { State } from './state.ts';

/** Notes that this process uses the environment, so that another one that leaves does not stop it. */
export function enter(state: State): void {
  mkdirSync(state.path('users'), { recursive: true });
  writeFileSync(
    state.path('users', String(process.pid)),
    JSON.stringify(recordProcess(process.pid)),
  );
}

/** Takes the note back; returns the other processes that still use the environment. */
export function leave(state: State): ProcessRecord[] {
  rmSync(state.path('users', String(process.pid)), { force: true });
  return occupants(state);
}

/** The running processes that use the environment; notes of dead ones are removed. */
export function occupants(state: State): ProcessRecord[] {
  mkdirSync(state.path('users'), { recursive: true });
  return readdirSync(state.path('users')).flatMap((name) => {
    const file = state.path('users', name);
    const record = JSON.parse(readFileSync(file, 'utf8')) as ProcessRecord;
    if (isRunning(record)) return [record];
    rmSync(file, { force: true });
    return [];
  });
}
