import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** The first executable of this name on the PATH, or where system programs lie for root. */
export function findOnPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return [...folders, '/usr/sbin', '/sbin']
    .map((folder) => path.join(folder, name))
    .find((candidate) => isExecutable(candidate));
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
