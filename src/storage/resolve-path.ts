/** Following a path inside a folder, name by name, so that no link leads out of it. */
import type { Stats } from 'node:fs';
import { lstat, readlink } from 'node:fs/promises';
import { join } from 'node:path/posix';

import { printable } from './location.ts';
import { StorageError, systemErrorCode, withStorageErrors } from './storage-error.ts';

/** As many links as Linux follows before it speaks of a loop. */
const MAX_LINKS = 40;

/** The folder that is not left, and what becomes of a path that tries to. */
export interface Confinement {
  readonly root: string;
  /**
   * `clamp`: absolute links start at the root and `..` stops there, as if it were `/` (openat2's
   * RESOLVE_IN_ROOT). `refuse`: both are a `refused` error (RESOLVE_BENEATH).
   */
  readonly escape: 'clamp' | 'refuse';
  /** A prefix of absolute links that is another name of the root. */
  readonly alias?: string;
}

/** Where a path leads. */
export interface ResolvedPath {
  /** Real path on this machine; no part of it was a link when it was looked at. */
  readonly path: string;
  /** Of what lies there; absent when nothing does. */
  readonly stats?: Stats;
  /** Text of the last link that was followed. */
  readonly link?: string;
}

interface Walk {
  /** Names still to be followed, the next one last. */
  readonly ahead: string[];
  /** Names that were followed, none of them a link. */
  readonly done: string[];
  links: number;
  stats?: Stats;
  link?: string;
}

function namesBackwards(path: string): string[] {
  return path
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .reverse();
}

function withoutAlias(target: string, alias: string | undefined): string {
  if (alias === undefined) return target;
  return target === alias || target.startsWith(`${alias}/`) ? target.slice(alias.length) : target;
}

async function lstatOrNothing(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function stepUp(walk: Walk, confinement: Confinement, path: string): void {
  if (walk.done.pop() === undefined && confinement.escape === 'refuse') {
    throw new StorageError('refused', `${printable(path)} leads out of its folder by "..".`);
  }
}

async function followLink(walk: Walk, confinement: Confinement, path: string): Promise<void> {
  walk.links += 1;
  if (walk.links > MAX_LINKS) {
    throw new StorageError('refused', `${printable(path)} leads through a loop of links.`);
  }
  const target = await readlink(join(confinement.root, ...walk.done));
  walk.link = target;
  walk.done.pop();
  if (target.startsWith('/')) {
    if (confinement.escape === 'refuse') {
      throw new StorageError(
        'refused',
        `${printable(path)} leads out of its folder by the absolute link ${printable(target)}; make the link relative.`,
      );
    }
    walk.done.length = 0;
  }
  walk.ahead.push(...namesBackwards(withoutAlias(target, confinement.alias)));
}

async function step(
  walk: Walk,
  name: string,
  confinement: Confinement,
  path: string,
): Promise<void> {
  delete walk.stats;
  if (name === '..') {
    stepUp(walk, confinement, path);
    return;
  }
  walk.done.push(name);
  const stats = await lstatOrNothing(join(confinement.root, ...walk.done));
  if (stats === undefined) return;
  if (stats.isSymbolicLink()) {
    await followLink(walk, confinement, path);
    return;
  }
  if (!stats.isDirectory() && walk.ahead.length > 0) {
    const file = printable(`/${walk.done.join('/')}`);
    throw new StorageError(
      'wrong-kind',
      `${printable(path)} leads through ${file}, which is not a folder.`,
    );
  }
  walk.stats = stats;
}

/**
 * Follows `path`, absolute or relative, from the root of the confinement. Names that do not exist
 * are taken as they are, so that the result may be created. Safe as long as nobody else changes
 * links below the root meanwhile: no user process runs beside the transporter.
 * @throws StorageError `refused` (escape, loop of links), `wrong-kind` (a file amid the path)
 */
export async function resolvePath(confinement: Confinement, path: string): Promise<ResolvedPath> {
  if (path.includes('\0')) {
    throw new StorageError('refused', `${printable(path)} is no path: it holds a NUL character.`);
  }
  const walk: Walk = { ahead: namesBackwards(path), done: [], links: 0 };
  return withStorageErrors(`${printable(path)} cannot be followed`, async () => {
    for (let name = walk.ahead.pop(); name !== undefined; name = walk.ahead.pop()) {
      await step(walk, name, confinement, path);
    }
    const real = join(confinement.root, ...walk.done);
    const stats = walk.stats ?? (await lstatOrNothing(real));
    return {
      path: real,
      ...(stats && { stats }),
      ...(walk.link !== undefined && { link: walk.link }),
    };
  });
}
