/** Everything below a folder, links followed, without holding the list in memory. */
import type { Stats } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path/posix';

import { printable } from './location.ts';
import { type Confinement, resolvePath } from './resolve-path.ts';
import { StorageError, systemErrorCode, withStorageErrors } from './storage-error.ts';

/** One thing found; `path` is relative to the start, `real` where it lies on this machine. */
export type TreeEntry =
  | {
      readonly kind: 'file' | 'directory';
      readonly path: string;
      readonly real: string;
      readonly sizeBytes: number;
    }
  /** Neither file nor folder; `reason` completes the sentence "it …". */
  | { readonly kind: 'skipped'; readonly path: string; readonly reason: string };

/** Links to one folder that are followed where links lie behind links: a web of them has more paths than can be walked. */
const MAX_REPEATS = 100;

/** A folder still to be listed. `above` are the folders it was reached through. */
interface Pending {
  readonly path: string;
  readonly real: string;
  /** It was reached through a link. */
  readonly linked: boolean;
  readonly above?: Pending;
}

/** How often folders were entered by links that lie behind links, by real path. */
type Repeats = Map<string, number>;

type Found = { readonly real: string; readonly stats: Stats } | { readonly reason: string };

function isOwnAncestor(real: string, folder: Pending): boolean {
  for (let at: Pending | undefined = folder; at; at = at.above) if (at.real === real) return true;
  return false;
}

function isRepeatedTooOften(real: string, repeats: Repeats): boolean {
  const times = (repeats.get(real) ?? 0) + 1;
  repeats.set(real, times);
  return times > MAX_REPEATS;
}

async function followLink(confinement: Confinement, path: string): Promise<Found> {
  try {
    const { path: real, stats, link = '' } = await resolvePath(confinement, path);
    if (stats === undefined) {
      return {
        reason: `is a link to ${printable(link)}, which does not exist among the inputs, outputs and volumes of the task`,
      };
    }
    return { real, stats };
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    const leadsNowhere = error.problem === 'wrong-kind' || error.problem === 'missing';
    const harmless = confinement.escape === 'clamp' && error.problem === 'refused';
    if (leadsNowhere || harmless) return { reason: 'is a link that leads nowhere' };
    throw error;
  }
}

async function lookAt(
  confinement: Confinement,
  start: string,
  entry: { path: string; real: string },
): Promise<Found> {
  try {
    const stats = await lstat(entry.real);
    if (!stats.isSymbolicLink()) return { real: entry.real, stats };
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    const unreadable = entry.path.includes('\uFFFD');
    return { reason: unreadable ? 'has a name that is not valid UTF-8' : 'vanished meanwhile' };
  }
  return followLink(confinement, join(start, entry.path));
}

function reasonToSkip(real: string, folder: Pending, repeats?: Repeats): string | undefined {
  if (isOwnAncestor(real, folder)) return 'leads back to a folder that holds it';
  if (repeats && isRepeatedTooOften(real, repeats)) {
    return `is one of more than ${MAX_REPEATS} links behind links that lead to one folder`;
  }
  return undefined;
}

function toTreeEntry(
  path: string,
  found: Found,
  skip: (real: string) => string | undefined,
): TreeEntry {
  if ('reason' in found) return { kind: 'skipped', path, reason: found.reason };
  const { real, stats } = found;
  if (stats.isFile()) return { kind: 'file', path, real, sizeBytes: stats.size };
  if (!stats.isDirectory()) {
    return { kind: 'skipped', path, reason: 'is a pipe, a socket or a device' };
  }
  const reason = skip(real);
  return reason === undefined
    ? { kind: 'directory', path, real, sizeBytes: 0 }
    : { kind: 'skipped', path, reason };
}

/**
 * Everything below `start`, a path inside the confinement that leads to a folder. Folders come
 * before what they hold, in no other order. Only the folders still to be listed are held in memory,
 * and one directory handle is open at a time, whatever the depth of the tree.
 * @throws StorageError when a folder cannot be listed; with `escape: 'refuse'` also at a link out
 */
export async function* walkTree(
  confinement: Confinement,
  start: string,
): AsyncGenerator<TreeEntry, void, undefined> {
  const { path: real } = await resolvePath(confinement, start);
  const pending: Pending[] = [{ path: '', real, linked: false }];
  const repeats: Repeats = new Map();
  for (let folder = pending.pop(); folder; folder = pending.pop()) {
    const above = folder;
    for await (const name of namesIn(above.real, join(start, above.path))) {
      const entry = { path: join(above.path, name), real: join(above.real, name) };
      const shown = printable(join(start, entry.path));
      const found = await withStorageErrors(`${shown} cannot be read`, () =>
        lookAt(confinement, start, entry),
      );
      const isLink = 'real' in found && found.real !== entry.real;
      const listed = toTreeEntry(entry.path, found, (target) =>
        reasonToSkip(target, above, isLink && above.linked ? repeats : undefined),
      );
      if (listed.kind === 'directory') {
        pending.push({ ...listed, linked: isLink || above.linked, above });
      }
      yield listed;
    }
  }
}

/**
 * The names in the folder `real`, streamed; `shown` is what error messages call it.
 * @throws StorageError when it cannot be listed
 */
export async function* namesIn(
  real: string,
  shown: string,
): AsyncGenerator<string, void, undefined> {
  const action = `${printable(shown)} cannot be listed`;
  const folder = await withStorageErrors(action, () => opendir(real));
  try {
    for (;;) {
      const entry = await withStorageErrors(action, () => folder.read());
      if (entry === null) return;
      yield entry.name;
    }
  } finally {
    await folder.close();
  }
}
