/** The task's own tree of files as the transporter sees it: the task's `/work/a` lies at `<root>/work/a`. */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path/posix';

import { printable } from '../storage/location.ts';
import { type Confinement, type ResolvedPath, resolvePath } from '../storage/resolve-path.ts';
import { StorageError, withStorageErrors } from '../storage/storage-error.ts';
import { type TreeEntry, walkTree } from '../storage/walk-tree.ts';

/** Where executors see the whole root as well: programs that take real paths leave links to it. */
const FILES_MOUNT = '/.orrery/files';

/** Task paths in, places on this machine out; no link of the task leads out of the root. */
export interface VirtualRoot {
  /** Where a task path leads, links followed. */
  resolve(path: string): Promise<ResolvedPath>;
  /** Everything below a folder of the task. */
  walk(path: string): AsyncIterable<TreeEntry>;
  /** Makes a folder and its parents, open to every user whatever the umask. */
  makeFolder(path: string): Promise<void>;
  /** Lets `write` make a file and puts it at `path`, readable and, unless it is read-only, writable for every user. */
  placeFile(
    path: string,
    write: (target: string) => Promise<number>,
    readOnly?: boolean,
  ): Promise<number>;
}

/** Executors run as any user, and all must be able to work in what the transporter made. */
async function makeOpenFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) {
    await chmod(made, 0o777);
  }
}

async function placeNewFile(
  place: string,
  write: (target: string) => Promise<number>,
  readOnly: boolean,
): Promise<number> {
  await makeOpenFolder(dirname(place));
  const unfinished = join(dirname(place), `.orrery-${randomUUID()}`);
  try {
    const size = await write(unfinished);
    const { mode } = await stat(unfinished);
    await chmod(unfinished, readOnly ? (mode & 0o555) | 0o444 : (mode & 0o777) | 0o666);
    await rename(unfinished, place);
    return size;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** Confines all work to the folder `root`, with what openat2 calls RESOLVE_IN_ROOT. */
export function createVirtualRoot(root: string): VirtualRoot {
  const confinement: Confinement = { root, escape: 'clamp', alias: FILES_MOUNT };
  const placeOf = async (path: string): Promise<string> => {
    const place = await resolvePath(confinement, path);
    return place.path;
  };
  return {
    resolve: (path) => resolvePath(confinement, path),
    walk: (path) => walkTree(confinement, path),
    makeFolder: (path) =>
      withStorageErrors(`The folder ${printable(path)} cannot be made`, async () => {
        await makeOpenFolder(await placeOf(path));
      }),
    placeFile: (path, write, readOnly = false) =>
      withStorageErrors(`${printable(path)} cannot be written`, async () => {
        const place = await resolvePath(confinement, path);
        if (place.stats?.isDirectory()) {
          throw new StorageError(
            'wrong-kind',
            `${printable(path)} cannot be written: the task needs a folder of that name.`,
          );
        }
        return placeNewFile(place.path, write, readOnly);
      }),
  };
}
