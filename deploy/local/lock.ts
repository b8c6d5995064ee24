import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { isRunning, type ProcessRecord, recordProcess } from './process-record.ts';
import { waitUntil } from './wait.ts';

const PATIENCE_SECONDS = 3600;
const UNKNOWN: ProcessRecord = { pid: 0, started: '' };

/** Runs the work while nobody else holds this lock; a holder that died does not count. */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  onWait: (holder: number) => void = () => undefined,
): Promise<T> {
  mkdirSync(path.dirname(file), { recursive: true });
  let hasWaited = false;
  const isMine = await waitUntil(() => {
    const holder = tryLock(file);
    if (isRunning(holder) && !hasWaited) {
      hasWaited = true;
      onWait(holder.pid);
    }
    return holder === undefined;
  }, PATIENCE_SECONDS);
  if (!isMine) throw new Error(`the lock ${file} was not released within an hour`);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Takes the lock and returns undefined, or returns its holder. A link is made whole or not at all. */
function tryLock(file: string): ProcessRecord | undefined {
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, JSON.stringify(recordProcess(process.pid)), { mode: 0o600 });
  try {
    linkSync(mine, file);
    return undefined;
  } catch {
    const holder = readHolder(file);
    if (!isRunning(holder)) removeStale(file, holder);
    return holder ?? UNKNOWN;
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Another process may have taken the stale lock over meanwhile: what was moved away is looked at again. */
function removeStale(file: string, stale: ProcessRecord | undefined): void {
  const moved = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, moved);
    const found = readHolder(moved);
    if (isRunning(found) && found.started !== stale?.started) linkSync(moved, file);
  } catch {
    // Somebody else was faster.
  } finally {
    rmSync(moved, { force: true });
  }
}

function readHolder(file: string): ProcessRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessRecord;
  } catch {
    return undefined;
  }
}
