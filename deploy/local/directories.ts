import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import path from 'node:path';

/** The repository's root. */
export const ROOT = path.resolve(import.meta.dirname, '../..');

/** What can be made again at any time and is worth keeping per user: binaries, images. */
export function cacheDirectory(): string {
  return path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'orrery');
}

/** Where an environment keeps its state unless `--state` names another place. */
export function defaultStateDirectory(): string {
  const base = process.env['XDG_STATE_HOME'] ?? path.join(homedir(), '.local/state');
  return path.join(base, 'orrery');
}

/** A short name for a long thing (a path, a file's content). */
export function shortHash(text: string | Buffer, length = 8): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
