import { readdirSync, readFileSync } from 'node:fs';

import { waitUntil } from './wait.ts';

/** A process, told apart from a later one that was given the same number. */
export interface ProcessRecord {
  pid: number;
  /** Boot and start time of the process: together with the number they name it for ever. */
  started: string;
}

/** Set in the environment of every program that an environment starts: its role and the state directory it belongs to. */
export const OWNER_VARIABLE = 'ORRERY_LOCAL_DAEMON';

/** Names a process that runs now; undefined when there is none with this number (or only its remains). */
export function recordProcess(pid: number): ProcessRecord | undefined {
  const started = process.platform === 'linux' ? startOf(pid) : startWithoutProc(pid);
  return started === undefined ? undefined : { pid, started };
}

export function isRunning(record: ProcessRecord | undefined): record is ProcessRecord {
  return record !== undefined && recordProcess(record.pid)?.started === record.started;
}

/** Ends a process: the signal, then SIGKILL when it is still there after `graceSeconds`. */
export async function endProcess(
  record: ProcessRecord | undefined,
  signal: NodeJS.Signals,
  graceSeconds: number,
): Promise<void> {
  if (!isRunning(record)) return;
  send(record.pid, signal);
  const isGone = (): boolean => !isRunning(record);
  if (await waitUntil(isGone, graceSeconds)) return;
  send(record.pid, 'SIGKILL');
  await waitUntil(isGone, 10);
}

/** Every running process with this value of the owner variable, also one that no record names any more. */
export function processesOf(owner: string): ProcessRecord[] {
  if (process.platform !== 'linux') return [];
  const marker = Buffer.from(`\0${OWNER_VARIABLE}=${owner}\0`);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => environmentOf(name).includes(marker))
    .map((name) => recordProcess(Number(name)))
    .filter((record) => record !== undefined);
}

function environmentOf(pid: string): Buffer {
  try {
    return Buffer.concat([Buffer.from('\0'), readFileSync(`/proc/${pid}/environ`)]);
  } catch {
    return Buffer.alloc(0); // ended meanwhile, or somebody else's
  }
}

function startOf(pid: number): string | undefined {
  try {
    // The name (second field, in brackets) may itself hold spaces and brackets.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()?.split(' ') ?? [];
    const [state, startTime] = [fields[0], fields[19]];
    if (state === 'Z' || state === 'X' || startTime === undefined) return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${startTime}`;
  } catch {
    return undefined;
  }
}

/** Without /proc (macOS, with `--context`) the number alone has to do. */
function startWithoutProc(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
    return 'unknown';
  } catch {
    return undefined;
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended in this very moment.
  }
}
