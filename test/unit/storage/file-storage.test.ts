import { execFile } from 'node:child_process';
import {
  chmod,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { createFileStorage } from '../../../src/storage/file-storage.ts';
import type { StorageLocation } from '../../../src/storage/ports.ts';
import { describeStorageContract, listFiles } from '../../support/storage-contract.ts';
import { link, makeTree, type Tree, withTempFolder } from '../../support/temp-folder.ts';

const storage = createFileStorage();
const run = promisify(execFile);

describeStorageContract('file', (use) =>
  withTempFolder((mount) =>
    use({
      storage,
      locate: (path) => ({ url: `file:///shared/${path}`, claim: { mount, path } }),
      put: async (path, content) => {
        await mkdir(dirname(join(mount, path)), { recursive: true });
        await writeFile(join(mount, path), content);
      },
      get: (path) => readFile(join(mount, path)),
    }),
  ),
);

/** A claim that holds `inside`, next to a folder `outside` with a secret in it. */
async function withClaim(
  inside: Tree,
  use: (at: (path: string) => StorageLocation, folder: string) => Promise<void>,
): Promise<void> {
  await withTempFolder(async (folder) => {
    await makeTree(folder, { claim: inside, outside: { secret: 'secret' } });
    const mount = join(folder, 'claim');
    await use((path) => ({ url: `file:///shared/${path}`, claim: { mount, path } }), folder);
  });
}

const refused = { name: 'StorageError', problem: 'refused' };

describe('a file claim', () => {
  it.each([
    ['a relative link', { bad: link('../outside') }],
    ['an absolute link', { bad: link('/etc') }],
    ['a link of a link', { bad: link('deep/up'), deep: { up: link('../../outside') } }],
    ['a link that leaves and comes back', { bad: link('../claim/data'), data: {} }],
  ])('refuses to read, list and write through %s', (_, tree) =>
    withClaim(tree, async (at, folder) => {
      const copy = join(folder, 'copy');

      await expect(storage.stat(at('bad/secret'))).rejects.toMatchObject(refused);
      await expect(listFiles(storage.list(at('bad')))).rejects.toMatchObject(refused);
      await expect(storage.download(at('bad/secret'), copy)).rejects.toMatchObject(refused);
      await writeFile(join(folder, 'source'), 'planted');
      await expect(storage.upload(join(folder, 'source'), at('bad/secret'))).rejects.toMatchObject(
        refused,
      );
      await expect(readFile(join(folder, 'outside/secret'), 'utf8')).resolves.toBe('secret');
    }),
  );

  it('refuses a path that climbs above the claim, also when it comes back', () =>
    withClaim({ data: 'x' }, async (at) => {
      await expect(storage.stat(at('../outside/secret'))).rejects.toMatchObject(refused);
      await expect(storage.stat(at('../claim/data'))).rejects.toMatchObject(refused);
      await expect(storage.stat(at('nothing/../data'))).resolves.toMatchObject({ kind: 'file' });
    }));

  it('refuses a listing in which a link leads out, naming the link', () =>
    withClaim({ set: { good: 'x', sub: { leak: link('../../../outside') } } }, async (at) => {
      await expect(listFiles(storage.list(at('set')))).rejects.toMatchObject({
        ...refused,
        message: expect.stringContaining('set/sub/leak'),
      });
    }));

  it('refuses to write over a link that leads out', () =>
    withClaim({ result: link('../outside/secret') }, async (at, folder) => {
      await writeFile(join(folder, 'source'), 'planted');

      await expect(storage.upload(join(folder, 'source'), at('result'))).rejects.toMatchObject(
        refused,
      );
      await expect(readFile(join(folder, 'outside/secret'), 'utf8')).resolves.toBe('secret');
    }));

  it('says that a URL under no claim is not shared', async () => {
    await expect(storage.stat({ url: 'file:///etc/passwd' })).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('file:///etc/passwd'),
    });
  });

  it('follows links that stay inside, to files and to folders', () =>
    withClaim(
      { v1: { data: 'one' }, latest: link('v1'), set: { here: link('../latest/data') } },
      async (at, folder) => {
        await storage.download(at('set/here'), join(folder, 'copy'));

        await expect(readFile(join(folder, 'copy'), 'utf8')).resolves.toBe('one');
        await expect(listFiles(storage.list(at('')))).resolves.toEqual([
          'latest/data',
          'set/here',
          'v1/data',
        ]);
      },
    ));

  it('lists the folders above their files, and what is neither as other', () =>
    withClaim({ set: { empty: {}, lost: link('nowhere') } }, async (at, folder) => {
      await run('mkfifo', [join(folder, 'claim/set/pipe')]);
      const listed = [];
      for await (const entry of storage.list(at('set'))) listed.push(entry);

      expect(listed).toHaveLength(3);
      expect(listed).toContainEqual({ path: 'empty', kind: 'directory', sizeBytes: 0 });
      expect(listed).toContainEqual({ path: 'lost', kind: 'other', sizeBytes: 0 });
      expect(listed).toContainEqual({ path: 'pipe', kind: 'other', sizeBytes: 0 });
    }));

  it('ends a listing where a link leads back up', () =>
    withClaim({ set: { file: 'x', loop: link('.'), sub: { up: link('..') } } }, async (at) => {
      await expect(listFiles(storage.list(at('set')))).resolves.toEqual(['file']);
    }));

  it('says which kind was expected', () =>
    withClaim({ folder: {}, file: 'x' }, async (at, folder) => {
      const wrongKind = { name: 'StorageError', problem: 'wrong-kind' };

      await expect(storage.download(at('folder'), join(folder, 'c'))).rejects.toMatchObject(
        wrongKind,
      );
      await expect(listFiles(storage.list(at('file')))).rejects.toMatchObject(wrongKind);
      await expect(storage.stat(at('file/below'))).rejects.toMatchObject(wrongKind);
      await expect(
        storage.upload(join(folder, 'outside/secret'), at('folder')),
      ).rejects.toMatchObject(wrongKind);
      await expect(
        storage.upload(join(folder, 'outside/secret'), at('file/below')),
      ).rejects.toMatchObject(wrongKind);
    }));

  it('never opens a pipe', () =>
    withClaim({}, async (at, folder) => {
      await run('mkfifo', [join(folder, 'claim/pipe')]);

      await expect(storage.download(at('pipe'), join(folder, 'c'))).rejects.toMatchObject({
        problem: 'wrong-kind',
      });
    }));

  it('keeps executable bits, makes private files readable and drops special bits', () =>
    withClaim({ script: '#!/bin/sh' }, async (at, folder) => {
      await writeFile(join(folder, 'private'), 'x');
      await chmod(join(folder, 'private'), 0o600);
      await writeFile(join(folder, 'tool'), 'x');
      await chmod(join(folder, 'tool'), 0o4700);

      await storage.upload(join(folder, 'private'), at('out/private'));
      await storage.upload(join(folder, 'tool'), at('out/tool'));

      const modeOf = async (path: string) => (await stat(join(folder, 'claim/out', path))).mode;
      expect((await modeOf('private')) & 0o7777).toBe(0o644);
      expect((await modeOf('tool')) & 0o7777).toBe(0o744);
    }));

  it('shows a file to readers only when it is whole', () =>
    withClaim({ result: 'old' }, async (at, folder) => {
      const reader = await open(join(folder, 'claim/result'));
      await writeFile(join(folder, 'source'), 'new');

      await storage.upload(join(folder, 'source'), at('result'));

      await expect(reader.readFile('utf8')).resolves.toBe('old');
      await reader.close();
      await expect(readdir(join(folder, 'claim'))).resolves.toEqual(['result']);
    }));

  it('leaves files that are still being written out of listings', () =>
    withClaim({ '.orrery-unfinished-1': 'half', done: 'whole' }, async (at) => {
      await expect(listFiles(storage.list(at('')))).resolves.toEqual(['done']);
    }));

  it('keeps a sparse file sparse', () =>
    withClaim({}, async (at, folder) => {
      const source = await open(join(folder, 'source'), 'w');
      await source.write('end', 64 * 1024 * 1024);
      await source.truncate(100 * 1024 * 1024);
      await source.close();

      await expect(storage.upload(join(folder, 'source'), at('sparse'))).resolves.toBe(
        100 * 1024 * 1024,
      );

      const { blocks, size } = await stat(join(folder, 'claim/sparse'));
      expect(size).toBe(100 * 1024 * 1024);
      expect(blocks * 512).toBeLessThan(2 * 1024 * 1024);
      const copy = await open(join(folder, 'claim/sparse'));
      const { buffer } = await copy.read(Buffer.alloc(3), 0, 3, 64 * 1024 * 1024);
      await copy.close();
      expect(buffer.toString()).toBe('end');
    }));

  it('writes through a link that stays inside and keeps the link', () =>
    withClaim({ v1: 'old', latest: link('v1') }, async (at, folder) => {
      await storage.upload(join(folder, 'outside/secret'), at('latest'));

      await expect(readlink(join(folder, 'claim/latest'))).resolves.toBe('v1');
      await expect(readFile(join(folder, 'claim/v1'), 'utf8')).resolves.toBe('secret');
    }));

  it('gives up on a loop of links instead of following it for ever', () =>
    withClaim({ a: link('b') }, async (at, folder) => {
      await symlink('a', join(folder, 'claim/b'));

      await expect(storage.stat(at('a'))).rejects.toMatchObject({
        ...refused,
        message: expect.stringContaining('loop'),
      });
    }));
});
