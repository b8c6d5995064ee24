/** From declared outputs to the files that are there. */
import { basename, join } from 'node:path/posix';

import { printable, within } from '../storage/location.ts';
import type { StorageLocation } from '../storage/ports.ts';
import { StorageError } from '../storage/storage-error.ts';
import { namesIn } from '../storage/walk-tree.ts';
import { type NameMatcher, parsePattern } from '../tes/patterns.ts';
import type { Upload } from '../tes/stage-spec.ts';
import type { VirtualRoot } from './virtual-root.ts';

/** One file to upload: where the task has it, where it lies on this machine, where it goes. */
export interface FoundOutput {
  readonly path: string;
  readonly real: string;
  readonly destination: StorageLocation;
}

/** Takes what was passed over, one sentence each. */
export type Warn = (warning: string) => void;

function locationOf(upload: Upload): StorageLocation {
  return upload.claim === undefined
    ? { url: upload.url }
    : { url: upload.url, claim: upload.claim };
}

function withoutTrailingSlash(path: string): string {
  return path.replace(/(?!^)\/+$/, '');
}

/** Every file below the task folder `path`, links followed; what is neither file nor folder is warned of. */
async function* filesBelow(
  root: VirtualRoot,
  folder: { readonly path: string; readonly destination: StorageLocation },
  warn: Warn,
): AsyncGenerator<FoundOutput> {
  for await (const entry of root.walk(folder.path)) {
    const path = join(folder.path, entry.path);
    if (entry.kind === 'skipped') {
      warn(`${printable(path)} was not uploaded: it ${entry.reason}.`);
    } else if (entry.kind === 'file') {
      yield { path, real: entry.real, destination: within(folder.destination, entry.path) };
    }
  }
}

function absent(path: string, link: string | undefined): StorageError {
  const why =
    link === undefined
      ? 'was not written by the task'
      : `is a link to ${printable(link)}, which does not exist among the inputs, outputs and volumes of the task`;
  return new StorageError('missing', `The output ${printable(path)} ${why}.`);
}

function wrongKind(path: string, isDirectory: boolean): StorageError {
  const sentence = isDirectory
    ? 'is a folder, but the task says FILE; give the output the type DIRECTORY'
    : 'is not a folder, but the task says DIRECTORY; give the output the type FILE';
  return new StorageError('wrong-kind', `The output ${printable(path)} ${sentence}.`);
}

async function* declared(
  root: VirtualRoot,
  upload: Upload,
  warn: Warn,
): AsyncGenerator<FoundOutput> {
  const path = withoutTrailingSlash(upload.path);
  const destination = locationOf(upload);
  const { path: real, stats, link } = await root.resolve(path);
  if (stats === undefined) throw absent(path, link);
  if (upload.type === 'DIRECTORY') {
    if (!stats.isDirectory()) throw wrongKind(path, false);
    yield* filesBelow(root, { path, destination }, warn);
    return;
  }
  if (stats.isDirectory()) throw wrongKind(path, true);
  if (!stats.isFile()) {
    const sentence = `The output ${printable(path)} is a pipe, a socket or a device, not a file.`;
    throw new StorageError('wrong-kind', sentence);
  }
  const isFolder = upload.url.endsWith('/');
  yield { path, real, destination: isFolder ? within(destination, basename(path)) : destination };
}

/** Task paths below `folder` whose names match the levels, one after another. */
async function* matching(
  root: VirtualRoot,
  folder: string,
  levels: readonly NameMatcher[],
): AsyncGenerator<string> {
  const [level, ...deeper] = levels;
  if (level === undefined) {
    yield folder;
    return;
  }
  const { path: real, stats } = await root.resolve(folder);
  if (!stats?.isDirectory()) return;
  for await (const name of namesIn(real, folder)) {
    if (level(name)) yield* matching(root, join(folder, name), deeper);
  }
}

/** The specification's rule: the matched path without the prefix, appended to the URL. */
function destinationOf(upload: Upload, path: string): StorageLocation {
  const { pathPrefix = '' } = upload;
  const rest = path.startsWith(pathPrefix) ? path.slice(pathPrefix.length) : path;
  return within(locationOf(upload), rest.replace(/^\/+/, ''));
}

async function* matched(
  root: VirtualRoot,
  upload: Upload,
  warn: Warn,
): AsyncGenerator<FoundOutput> {
  const { base, levels } = parsePattern(upload.path);
  let matches = 0;
  for await (const path of matching(root, base, levels)) {
    matches += 1;
    const { path: real, stats, link } = await root.resolve(path);
    const destination = destinationOf(upload, path);
    if (stats?.isDirectory()) yield* filesBelow(root, { path, destination }, warn);
    else if (stats?.isFile()) yield { path, real, destination };
    else if (stats === undefined) warn(absent(path, link).message);
    else warn(`${printable(path)} was not uploaded: it is a pipe, a socket or a device.`);
  }
  if (matches === 0) warn(`No file matches the output pattern ${printable(upload.path)}.`);
}

/**
 * The files of one declared output, found while they are asked for. Links are followed, but never
 * out of the task's tree.
 * @throws StorageError `missing` or `wrong-kind` when what was declared is not there
 */
export function findOutputs(
  root: VirtualRoot,
  upload: Upload,
  warn: Warn,
): AsyncIterable<FoundOutput> {
  return upload.pattern ? matched(root, upload, warn) : declared(root, upload, warn);
}
