import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { ImageFile, ImageLayer } from './image-spec.ts';
import { buildTar, type TarEntry } from './tar.ts';

const DIRECTORY_MODE = 0o755;
const FILE_MODE = 0o644;

/** The layer as an uncompressed archive, sorted by path, parents before children. */
export function buildLayer(layer: ImageLayer): Buffer {
  const entries = new Map<string, TarEntry>();
  const add = (absolute: string, entry: Omit<TarEntry, 'name'>): void => {
    if (!path.posix.isAbsolute(absolute))
      throw new Error(`${absolute} in an image must be an absolute path`);
    addParents(entries, absolute);
    entries.set(absolute, { ...entry, name: absolute.slice(1) });
  };
  for (const [at, mode] of Object.entries(layer.directories ?? {}))
    add(at, { mode, isDirectory: true });
  for (const [at, file] of Object.entries(layer.files ?? {})) {
    add(at, { mode: file.mode ?? FILE_MODE, content: contentOf(file) });
  }
  for (const [at, link] of Object.entries(layer.links ?? {})) add(at, { mode: 0o777, link });
  return buildTar([...entries].sort(byPath).map(([, entry]) => entry));
}

function addParents(entries: Map<string, TarEntry>, absolute: string): void {
  const parent = path.posix.dirname(absolute);
  if (parent === '/' || entries.has(parent)) return;
  addParents(entries, parent);
  entries.set(parent, { name: parent.slice(1), mode: DIRECTORY_MODE, isDirectory: true });
}

function contentOf({ content }: ImageFile): Buffer {
  if (Buffer.isBuffer(content)) return content;
  return typeof content === 'string' ? Buffer.from(content) : readFileSync(content.from);
}

function byPath([a]: [string, TarEntry], [b]: [string, TarEntry]): number {
  return a < b ? -1 : 1;
}
