/** A task's tree, a claim and things outside of both, for tests of the transporter. */
import { join } from 'node:path';

import { createFileStorage } from '../../src/storage/file-storage.ts';
import type { Storage } from '../../src/storage/ports.ts';
import { createStorageSelector } from '../../src/storage/select-storage.ts';
import type { Fetch, Upload } from '../../src/tes/stage-spec.ts';
import { fetchInputs } from '../../src/transporter/fetch-inputs.ts';
import type { InputsResult, OutputsResult } from '../../src/transporter/plan.ts';
import { pushOutputs } from '../../src/transporter/push-outputs.ts';
import { makeTree, type Tree, withTempFolder } from './temp-folder.ts';

/** The text of a file next to the root and the claim; no test may ever see it come through. */
export const SECRET = 'the secret of the transporter';

/** `root` is the task's virtual root, `claim` what URLs below `file:///shared` mean. */
export interface TaskTree {
  readonly folder: string;
  readonly root: string;
  readonly claim: string;
  readonly lines: string[];
  readonly fetch: (...fetches: Fetch[]) => Promise<InputsResult>;
  readonly push: (...uploads: Upload[]) => Promise<OutputsResult>;
  readonly pushBestEffort: (...uploads: Upload[]) => Promise<OutputsResult>;
}

/** Where the claim stands in for the place of its mount: the path is filled in when a plan is made. */
function claimed<T extends { readonly url: string }>(order: T, mount: string): T {
  const path = /^(?:file:\/\/)?\/shared(?:\/(.*?)\/*)?$/.exec(order.url);
  return path === null ? order : { ...order, claim: { mount, path: path[1] ?? '' } };
}

/** Lends a tree; `storage` replaces the adapter for files. */
export async function withTaskTree(
  trees: { readonly root?: Tree; readonly claim?: Tree; readonly storage?: Storage },
  use: (tree: TaskTree) => Promise<void>,
): Promise<void> {
  await withTempFolder(async (folder) => {
    const [root, claim] = [join(folder, 'root'), join(folder, 'claim')];
    await makeTree(folder, {
      root: trees.root ?? {},
      claim: trees.claim ?? {},
      outside: { secret: SECRET },
    });
    const lines: string[] = [];
    const transport = {
      storageFor: createStorageSelector({ file: trees.storage ?? createFileStorage() }),
      log: (line: string) => lines.push(line),
      concurrency: 4,
    };
    const push = (uploads: readonly Upload[], bestEffort: boolean) =>
      pushOutputs(
        { root, uploads: uploads.map((upload) => claimed(upload, claim)), bestEffort },
        transport,
      );
    await use({
      folder,
      root,
      claim,
      lines,
      fetch: (...fetches) =>
        fetchInputs({ root, fetches: fetches.map((fetch) => claimed(fetch, claim)) }, transport),
      push: (...uploads) => push(uploads, false),
      pushBestEffort: (...uploads) => push(uploads, true),
    });
  });
}

/** One input or output with the type FILE. */
export function file(path: string, url: string): Upload & Fetch {
  return { path, url, type: 'FILE', pattern: false };
}

/** One input or output with the type DIRECTORY. */
export function directory(path: string, url: string): Upload & Fetch {
  return { path, url, type: 'DIRECTORY', pattern: false };
}

/** One output with wildcards. */
export function pattern(path: string, pathPrefix: string, url: string): Upload {
  return { path, pathPrefix, url, type: 'FILE', pattern: true };
}
