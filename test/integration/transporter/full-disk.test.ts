/** Outputs that do not fit: the claim is a real file system of 64 KiB. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { directory, file, type TaskTree, withTaskTree } from '../../support/task-tree.ts';
import { readTree } from '../../support/temp-folder.ts';

const run = promisify(execFile);

const TOO_LARGE = 'x'.repeat(256 * 1024);

/** Mounting needs root, as the private cluster of the other tests of this layer does. */
async function withFullDisk({ claim }: TaskTree, use: () => Promise<void>): Promise<void> {
  await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', claim]);
  try {
    await use();
  } finally {
    await run('umount', [claim]);
  }
}

describe('a disk that is full during the upload', () => {
  it('fails the output with that reason, leaves no half of it behind and keeps the others', () =>
    withTaskTree({ root: { large: TOO_LARGE, small: 'small' } }, (tree) =>
      withFullDisk(tree, async () => {
        const { failure, outputs } = await tree.push(
          file('/large', '/shared/large'),
          file('/small', '/shared/small'),
        );

        expect(failure?.message).toMatch(/no space is left on the device \(ENOSPC\)/);
        expect(outputs.map(({ path }) => path)).toEqual(['/small']);
        await expect(readTree(tree.claim)).resolves.toEqual({ small: 'small' });
      }),
    ));

  it('fails an output folder in the middle with the same reason', () =>
    withTaskTree({ root: { all: { a: 'a', b: TOO_LARGE } } }, (tree) =>
      withFullDisk(tree, async () => {
        const { failure } = await tree.push(directory('/all', '/shared/all'));

        expect(failure?.message).toMatch(/no space is left on the device \(ENOSPC\)/);
      }),
    ));
});
