/** The adapter for `file:` URLs and bare paths: folders mounted as claims. */
import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { chmod, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path/posix';

import type { ClaimPath } from '../tes/stage-spec.ts';
import { copyContent } from './copy-content.ts';
import { displayUrl } from './location.ts';
import type { ListedObject, Storage, StorageLocation, StoredObject } from './ports.ts';
import { type Confinement, type ResolvedPath, resolvePath } from './resolve-path.ts';
import { StorageError, withStorageErrors } from './storage-error.ts';
import { walkTree } from './walk-tree.ts';

/** Begins the names of files that are still being written; listings leave them out. */
const UNFINISHED = '.orrery-unfinished-';

function claimOf(location: StorageLocation): ClaimPath {
  if (location.claim !== undefined) return location.claim;
  throw new StorageError(
    'refused',
    `${displayUrl(location.url)} lies in no folder that this installation shares with tasks.`,
  );
}

/** The claim's owner may keep links in it, but only such as stay inside are followed. */
function beneath(claim: ClaimPath): Confinement {
  return { root: claim.mount, escape: 'refuse' };
}

async function resolve(location: StorageLocation): Promise<ResolvedPath> {
  const claim = claimOf(location);
  try {
    return await resolvePath(beneath(claim), claim.path);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    const sentence = `${displayUrl(location.url)} cannot be reached: ${error.message}`;
    throw new StorageError(error.problem, sentence, error);
  }
}

function toStoredObject(stats: Stats): StoredObject {
  if (stats.isFile()) return { kind: 'file', sizeBytes: stats.size };
  return { kind: stats.isDirectory() ? 'directory' : 'other', sizeBytes: 0 };
}

function missing(url: string): StorageError {
  return new StorageError('missing', `There is nothing at ${displayUrl(url)}.`);
}

async function statFile(location: StorageLocation): Promise<StoredObject | undefined> {
  const { stats } = await resolve(location);
  return stats && toStoredObject(stats);
}

async function* listFiles(location: StorageLocation): AsyncGenerator<ListedObject> {
  const { stats } = await resolve(location);
  if (stats === undefined) throw missing(location.url);
  if (!stats.isDirectory()) {
    throw new StorageError('wrong-kind', `${displayUrl(location.url)} is not a folder.`);
  }
  const claim = claimOf(location);
  for await (const entry of walkTree(beneath(claim), claim.path)) {
    if (entry.path.includes(UNFINISHED)) continue;
    if (entry.kind === 'skipped') yield { path: entry.path, kind: 'other', sizeBytes: 0 };
    else yield { path: entry.path, kind: entry.kind, sizeBytes: entry.sizeBytes };
  }
}

async function downloadFile(location: StorageLocation, target: string): Promise<number> {
  const { path, stats } = await resolve(location);
  if (stats === undefined) throw missing(location.url);
  if (!stats.isFile()) {
    throw new StorageError('wrong-kind', `${displayUrl(location.url)} is not a file.`);
  }
  return withStorageErrors(`${displayUrl(location.url)} cannot be read`, () =>
    copyContent(path, target),
  );
}

async function syncToDisk(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whatever mode the task gave it: what is stored can be read by all, and executed if it could be. */
async function storedMode(source: string): Promise<number> {
  const { mode } = await stat(source);
  return 0o644 | (mode & 0o111);
}

async function replaceFile(source: string, target: string): Promise<number> {
  await mkdir(dirname(target), { recursive: true });
  const unfinished = join(dirname(target), `${UNFINISHED}${randomUUID()}`);
  try {
    const size = await copyContent(source, unfinished);
    await chmod(unfinished, await storedMode(source));
    // A task that is COMPLETE must have its outputs also after the node loses power.
    await syncToDisk(unfinished);
    await rename(unfinished, target);
    await syncToDisk(dirname(target));
    return size;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

async function uploadFile(source: string, location: StorageLocation): Promise<number> {
  const { path, stats } = await resolve(location);
  if (stats?.isDirectory()) {
    throw new StorageError('wrong-kind', `${displayUrl(location.url)} is a folder, not a file.`);
  }
  return withStorageErrors(`${displayUrl(location.url)} cannot be written`, () =>
    replaceFile(source, path),
  );
}

/** Files in mounted claims. Every path is followed beneath its claim; a way out is `refused`. */
export function createFileStorage(): Storage {
  return { stat: statFile, list: listFiles, download: downloadFile, upload: uploadFile };
}
