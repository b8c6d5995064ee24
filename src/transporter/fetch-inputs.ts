/** The `inputs` stage: brings what lies in storage into the task's tree. */
import { join } from 'node:path/posix';

import { displayUrl, printable, within } from '../storage/location.ts';
import type { ListedObject, StorageLocation } from '../storage/ports.ts';
import type { StorageSelector } from '../storage/select-storage.ts';
import { StorageError } from '../storage/storage-error.ts';
import type { Fetch } from '../tes/stage-spec.ts';
import { forEachConcurrently } from './for-each-concurrently.ts';
import type { InputsPlan, InputsResult } from './plan.ts';
import { toStageFailure } from './stage-failure.ts';
import { createVirtualRoot, type VirtualRoot } from './virtual-root.ts';

/** What a stage works with. */
export interface Transport {
  readonly storageFor: StorageSelector;
  /** Takes one line for each file. */
  readonly log: (line: string) => void;
  /** Files under way at a time. */
  readonly concurrency: number;
}

/** One file to bring, or a folder to make. */
interface FetchJob extends StorageLocation {
  readonly path: string;
  readonly kind: ListedObject['kind'];
  readonly readOnly?: true;
}

function naming(fetch: Fetch): string {
  return `The input ${printable(fetch.path)} (${displayUrl(fetch.url)})`;
}

async function* jobsOf(
  fetches: readonly Fetch[],
  storageFor: StorageSelector,
): AsyncGenerator<FetchJob> {
  for (const fetch of fetches) {
    const storage = storageFor(fetch.url);
    const found = await storage.stat(fetch);
    if (found === undefined) {
      throw new StorageError('missing', `${naming(fetch)} does not exist.`);
    }
    if (found.kind !== (fetch.type === 'FILE' ? 'file' : 'directory')) {
      throw new StorageError('wrong-kind', wrongKind(fetch, found.kind));
    }
    yield { ...fetch, kind: found.kind };
    if (fetch.type === 'FILE') continue;
    for await (const entry of storage.list(fetch)) {
      const path = join(fetch.path, entry.path);
      yield {
        ...within(fetch, entry.path),
        path,
        kind: entry.kind,
        ...(fetch.readOnly && { readOnly: true }),
      };
    }
  }
}

function wrongKind(fetch: Fetch, kind: ListedObject['kind']): string {
  if (kind === 'other') return `${naming(fetch)} is neither a file nor a folder.`;
  return fetch.type === 'FILE'
    ? `${naming(fetch)} is a folder, but the task says FILE; give the input the type DIRECTORY.`
    : `${naming(fetch)} is a file, but the task says DIRECTORY; give the input the type FILE.`;
}

async function bring(job: FetchJob, root: VirtualRoot, transport: Transport): Promise<number> {
  const storage = transport.storageFor(job.url);
  const download = (target: string) => storage.download(job, target);
  const size = await root.placeFile(job.path, download, job.readOnly);
  transport.log(`fetched ${displayUrl(job.url)} to ${printable(job.path)} (${size} bytes)`);
  return size;
}

/**
 * Fetches every input, folders with all they hold. Ends at the first input that cannot be had:
 * that is the result's `failure`.
 * @throws StorageError `transient` when trying again later may help
 */
export async function fetchInputs(plan: InputsPlan, transport: Transport): Promise<InputsResult> {
  const root = createVirtualRoot(plan.root);
  let files = 0;
  let bytes = 0;
  try {
    const jobs = jobsOf(plan.fetches, transport.storageFor);
    await forEachConcurrently(jobs, transport.concurrency, async (job) => {
      if (job.kind === 'directory') await root.makeFolder(job.path);
      else if (job.kind === 'other') {
        transport.log(`skipped ${displayUrl(job.url)}: it leads to neither a file nor a folder`);
      } else {
        const size = await bring(job, root, transport);
        bytes += size;
        files += 1;
      }
    });
    return { files, bytes };
  } catch (error) {
    return { files, bytes, failure: toStageFailure(error, 'fetch') };
  }
}
