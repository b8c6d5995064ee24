/** Folders for tests that need real files. */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

/** A tree of files: text is a file, an object a folder, `link('…')` a symbolic link. */
export interface Tree {
  readonly [name: string]: string | Tree | Link;
}

class Link {
  readonly target: string;
  constructor(target: string) {
    this.target = target;
  }
}

/** A symbolic link in a `Tree`. */
export function link(target: string): Link {
  return new Link(target);
}

/** Makes the tree below `folder`, which is created too. */
export async function makeTree(folder: string, tree: Tree): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, node] of Object.entries(tree)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    if (typeof node === 'string') await writeFile(path, node);
    else if (node instanceof Link) await symlink(node.target, path);
    else await makeTree(path, node);
  }
}

/** Lends a new folder and removes it with all it holds. */
export async function withTempFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'orrery-test-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Every file below `folder` with its text, by relative path; links are not followed. */
export async function readTree(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const texts = await Promise.all(
    files.map(async (path) => [relative(folder, path), await readFile(path, 'utf8')] as const),
  );
  return Object.fromEntries(texts);
}
