/** What every adapter of the storage port must do; each runs this suite against a real store. */
/* eslint-disable jest/no-export -- a suite that the tests of all adapters share */
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import type { ListedObject, Storage, StorageLocation } from '../../src/storage/ports.ts';
import { withTempFolder } from './temp-folder.ts';

/** A store with nothing in it yet, and a way round the adapter to fill and to read it. */
export interface StoreUnderTest {
  readonly storage: Storage;
  readonly locate: (path: string) => StorageLocation;
  readonly put: (path: string, content: string | Buffer) => Promise<void>;
  readonly get: (path: string) => Promise<Buffer>;
}

type WithStore = (use: (store: StoreUnderTest, scratch: string) => Promise<void>) => Promise<void>;

/** Sorted paths of the files that a listing yields. */
export async function listFiles(listing: AsyncIterable<ListedObject>): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of listing) if (entry.kind === 'file') paths.push(entry.path);
  return paths.sort();
}

const AWKWARD = 'a b%20c+d#e?f&é"\'\\[1]*.txt';

function describeReading(withStore: WithStore): void {
  it('says undefined for what does not exist', () =>
    withStore(async ({ storage, locate }) => {
      await expect(storage.stat(locate('nothing/here'))).resolves.toBeUndefined();
    }));

  it('knows a file with its size, and a folder', () =>
    withStore(async ({ storage, locate, put }) => {
      await put('folder/file', 'twelve bytes');

      await expect(storage.stat(locate('folder/file'))).resolves.toEqual({
        kind: 'file',
        sizeBytes: 12,
      });
      await expect(storage.stat(locate('folder'))).resolves.toEqual({
        kind: 'directory',
        sizeBytes: 0,
      });
    }));

  it('does not take the beginning of a name for a folder', () =>
    withStore(async ({ storage, locate, put }) => {
      await put('folder/file', '');

      await expect(storage.stat(locate('fold'))).resolves.toBeUndefined();
      await expect(storage.stat(locate('folder/fi'))).resolves.toBeUndefined();
    }));

  it('lists every file below a folder by relative path, dot files and awkward names too', () =>
    withStore(async ({ storage, locate, put }) => {
      await put('top/.hidden', 'h');
      await put(`top/deep/er/${AWKWARD}`, '12345');
      await put('top-but-not-below', 'x');

      const listed: ListedObject[] = [];
      for await (const entry of storage.list(locate('top'))) listed.push(entry);

      expect(listed).toContainEqual({ path: '.hidden', kind: 'file', sizeBytes: 1 });
      expect(listed).toContainEqual({ path: `deep/er/${AWKWARD}`, kind: 'file', sizeBytes: 5 });
      expect(listed.filter(({ kind }) => kind === 'file')).toHaveLength(2);
    }));

  it('lists more files than fit on one page', () =>
    withStore(async ({ storage, locate, put }) => {
      const names = Array.from({ length: 1_050 }, (_, i) => `f${String(i).padStart(4, '0')}`);
      for (const name of names) await put(`many/${name}`, '');

      await expect(listFiles(storage.list(locate('many')))).resolves.toEqual(names);
    }));

  it('refuses to list what is not there', () =>
    withStore(async ({ storage, locate }) => {
      await expect(listFiles(storage.list(locate('nowhere')))).rejects.toMatchObject({
        name: 'StorageError',
        problem: 'missing',
      });
    }));
}

function describeDownload(withStore: WithStore): void {
  it('downloads bytes as they are and returns their number', () =>
    withStore(async ({ storage, locate, put }, scratch) => {
      const content = Buffer.from(Array.from({ length: 70_000 }, (_, i) => i % 251));
      await put(AWKWARD, content);

      const size = await storage.download(locate(AWKWARD), join(scratch, 'copy'));

      expect(size).toBe(70_000);
      await expect(readFile(join(scratch, 'copy'))).resolves.toEqual(content);
    }));

  it('downloads an empty file', () =>
    withStore(async ({ storage, locate, put }, scratch) => {
      await put('empty', '');

      await expect(storage.download(locate('empty'), join(scratch, 'copy'))).resolves.toBe(0);
      await expect(readFile(join(scratch, 'copy'))).resolves.toHaveLength(0);
    }));

  it('says that a file is missing and leaves nothing behind', () =>
    withStore(async ({ storage, locate }, scratch) => {
      await expect(
        storage.download(locate('missing'), join(scratch, 'copy')),
      ).rejects.toMatchObject({ name: 'StorageError', problem: 'missing' });
      await expect(readdir(scratch)).resolves.toEqual([]);
    }));

  it('names the URL in the sentence of an error', () =>
    withStore(async ({ storage, locate }, scratch) => {
      await expect(
        storage.download(locate('missing'), join(scratch, 'copy')),
      ).rejects.toMatchObject({ message: expect.stringContaining(locate('missing').url) });
    }));
}

function describeUpload(withStore: WithStore): void {
  it('uploads to a place whose folders do not exist yet', () =>
    withStore(async ({ storage, locate, get }, scratch) => {
      await writeFile(join(scratch, 'source'), 'content');

      const size = await storage.upload(join(scratch, 'source'), locate(`new/${AWKWARD}`));

      expect(size).toBe(7);
      await expect(get(`new/${AWKWARD}`)).resolves.toEqual(Buffer.from('content'));
    }));

  it('replaces what was there, also by something shorter', () =>
    withStore(async ({ storage, locate, put, get }, scratch) => {
      await put('result', 'a long old content');
      await writeFile(join(scratch, 'source'), 'new');

      await storage.upload(join(scratch, 'source'), locate('result'));

      await expect(get('result')).resolves.toEqual(Buffer.from('new'));
    }));

  it('keeps what was there when the source cannot be read', () =>
    withStore(async ({ storage, locate, put, get }, scratch) => {
      await put('result', 'old');

      await expect(
        storage.upload(join(scratch, 'no-such-source'), locate('result')),
      ).rejects.toMatchObject({ name: 'StorageError' });
      await expect(get('result')).resolves.toEqual(Buffer.from('old'));
      await expect(listFiles(storage.list(locate('')))).resolves.toEqual(['result']);
    }));

  it('takes a file back that it was given', () =>
    withStore(async ({ storage, locate }, scratch) => {
      await writeFile(join(scratch, 'source'), 'there and back');
      await chmod(join(scratch, 'source'), 0o600);

      await storage.upload(join(scratch, 'source'), locate('a/b'));
      await storage.download(locate('a/b'), join(scratch, 'back'));

      await expect(readFile(join(scratch, 'back'), 'utf8')).resolves.toBe('there and back');
      const { size } = await stat(join(scratch, 'back'));
      await expect(storage.stat(locate('a/b'))).resolves.toMatchObject({ sizeBytes: size });
    }));
}

/** Declares the suite; `withStore` lends a fresh store and an empty folder on this machine. */
export function describeStorageContract(
  name: string,
  withStore: (use: (store: StoreUnderTest) => Promise<void>) => Promise<void>,
): void {
  const lend: WithStore = (use) =>
    withTempFolder((scratch) => withStore((store) => use(store, scratch)));
  describe(`${name} keeps the storage contract`, () => {
    describeReading(lend);
    describeDownload(lend);
    describeUpload(lend);
  });
}
