import { execFile } from 'node:child_process';
import { chmod, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { directory, file, withTaskTree } from '../../support/task-tree.ts';
import { link, readTree, type Tree } from '../../support/temp-folder.ts';

const run = promisify(execFile);

async function modeOf(path: string): Promise<number> {
  const { mode } = await stat(path);
  return mode & 0o7777;
}

describe('a FILE input', () => {
  it('arrives with its content and is counted', () =>
    withTaskTree({ claim: { 'in.txt': 'hello' } }, async ({ root, fetch }) => {
      const result = await fetch(file('/data/deep/in.txt', 'file:///shared/in.txt'));

      expect(result).toEqual({ files: 1, bytes: 5 });
      await expect(readTree(root)).resolves.toEqual({ 'data/deep/in.txt': 'hello' });
    }));

  it('can be written by every user, in folders that every user can write, whatever the umask', () =>
    withTaskTree({ claim: { tool: 'x', data: 'x' } }, async ({ root, claim, fetch }) => {
      await chmod(join(claim, 'tool'), 0o4750);
      await chmod(join(claim, 'data'), 0o400);

      await fetch(file('/a/b/tool', '/shared/tool'), file('/a/b/data', '/shared/data'));

      await expect(modeOf(join(root, 'a'))).resolves.toBe(0o777);
      await expect(modeOf(join(root, 'a/b'))).resolves.toBe(0o777);
      await expect(modeOf(join(root, 'a/b/tool'))).resolves.toBe(0o776);
      await expect(modeOf(join(root, 'a/b/data'))).resolves.toBe(0o666);
    }));

  it('can be written by nobody where it is read-only, also below a DIRECTORY, and may be brought again', () =>
    withTaskTree({ claim: { tool: 'x', tree: { data: 'x' } } }, async ({ root, claim, fetch }) => {
      await chmod(join(claim, 'tool'), 0o755);
      const inputs = [
        { ...file('/a/tool', '/shared/tool'), readOnly: true as const },
        { ...directory('/tree', '/shared/tree'), readOnly: true as const },
      ];

      await fetch(...inputs);
      await fetch(...inputs);

      await expect(modeOf(join(root, 'a/tool'))).resolves.toBe(0o555);
      await expect(modeOf(join(root, 'tree/data'))).resolves.toBe(0o444);
    }));

  it('leaves the mode of folders alone that were there before', () =>
    withTaskTree({ claim: { data: 'x' }, root: { tmp: {} } }, async ({ root, fetch }) => {
      await chmod(join(root, 'tmp'), 0o1777);

      await fetch(file('/tmp/sub/data', '/shared/data'));

      await expect(modeOf(join(root, 'tmp'))).resolves.toBe(0o1777);
      await expect(modeOf(join(root, 'tmp/sub'))).resolves.toBe(0o777);
    }));

  it('replaces what a broken off run left behind', () =>
    withTaskTree({ claim: { data: 'new' }, root: { data: 'half of it' } }, async (tree) => {
      await tree.fetch(file('/data', '/shared/data'));

      await expect(readTree(tree.root)).resolves.toEqual({ data: 'new' });
    }));

  it('that does not exist fails by InputNotFound, naming path and URL', () =>
    withTaskTree({}, async ({ root, fetch }) => {
      const result = await fetch(file('/work/in', 'file:///shared/no/such'));

      expect(result.failure).toEqual({
        code: 'InputNotFound',
        message: 'The input /work/in (file:///shared/no/such) does not exist.',
      });
      await expect(readdir(root)).resolves.toEqual([]);
    }));

  it('that is a folder fails with a sentence that says what to change', () =>
    withTaskTree({ claim: { set: {} } }, async ({ fetch }) => {
      const { failure } = await fetch(file('/work/in', '/shared/set'));

      expect(failure?.code).toBe('InputNotFound');
      expect(failure?.message).toContain('give the input the type DIRECTORY');
    }));

  it('that is a pipe fails and is never opened', () =>
    withTaskTree({}, async ({ claim, fetch }) => {
      await run('mkfifo', [join(claim, 'pipe')]);

      await expect(fetch(file('/work/in', '/shared/pipe'))).resolves.toMatchObject({
        failure: { code: 'InputNotFound' },
      });
    }));

  it('under no claim is refused, naming the URL', () =>
    withTaskTree({}, async ({ fetch }) => {
      const { failure } = await fetch(file('/work/in', 'file:///etc/passwd'));

      expect(failure?.code).toBe('PathRefused');
      expect(failure?.message).toContain('file:///etc/passwd');
    }));

  it('with a scheme that nobody serves fails, naming scheme and URL but no credentials', () =>
    withTaskTree({}, async ({ fetch }) => {
      const { failure } = await fetch(file('/work/in', 'https://me:pw@host/x?sig=abc'));

      expect(failure?.code).toBe('TransferFailed');
      expect(failure?.message).toContain('https://host/x ');
      expect(failure?.message).not.toMatch(/pw|sig|abc/);
    }));

  it.each([
    ['absolute link', { bad: link('/etc/passwd') }, 'bad'],
    ['relative link', { bad: link('../outside/secret') }, 'bad'],
    ['link amid the path', { bad: link('../outside') }, 'bad/secret'],
  ])('is refused where the claim leads out by an %s', (_, claim: Tree, path) =>
    withTaskTree({ claim }, async ({ root, fetch }) => {
      const result = await fetch(file('/work/in', `file:///shared/${path}`));

      expect(result.failure?.code).toBe('PathRefused');
      await expect(readTree(root)).resolves.toEqual({});
    }),
  );

  it('lands inside the root, also through links that point out of it', () =>
    withTaskTree(
      { claim: { data: 'x' }, root: { up: link('../outside'), abs: link('/../outside') } },
      async ({ root, folder, fetch }) => {
        await fetch(file('/up/secret', '/shared/data'), file('/abs/two', '/shared/data'));
        await fetch(file('/../../outside/three', '/shared/data'));

        await expect(readTree(root)).resolves.toEqual({
          'outside/secret': 'x',
          'outside/two': 'x',
          'outside/three': 'x',
        });
        await expect(readdir(join(folder, 'outside'))).resolves.toEqual(['secret']);
      },
    ));
});

describe('a DIRECTORY input', () => {
  it('arrives with dot files, empty folders, links followed, and one line of log a file', () =>
    withTaskTree(
      {
        claim: {
          set: { '.dot': 'd', empty: {}, sub: { 'a b': 'x' }, again: link('sub') },
        },
      },
      async ({ root, lines, fetch }) => {
        const result = await fetch(directory('/work/set/', 'file:///shared/set/'));

        expect(result).toEqual({ files: 3, bytes: 3 });
        await expect(readTree(join(root, 'work/set'))).resolves.toEqual({
          '.dot': 'd',
          'sub/a b': 'x',
          'again/a b': 'x',
        });
        await expect(modeOf(join(root, 'work/set/empty'))).resolves.toBe(0o777);
        expect(lines).toHaveLength(3);
        expect(lines).toContain('fetched file:///shared/set/.dot to /work/set/.dot (1 bytes)');
      },
    ));

  it('arrives as an empty folder when it is empty', () =>
    withTaskTree({ claim: { set: {} } }, async ({ root, fetch }) => {
      await expect(fetch(directory('/set', '/shared/set'))).resolves.toEqual({
        files: 0,
        bytes: 0,
      });
      await expect(readdir(join(root, 'set'))).resolves.toEqual([]);
    }));

  it('counts all of many files', () => {
    const set = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`f${i}`, '12']));
    return withTaskTree({ claim: { set } }, async ({ fetch }) => {
      await expect(fetch(directory('/set', '/shared/set'))).resolves.toEqual({
        files: 2_000,
        bytes: 4_000,
      });
    });
  });

  it('that is a file fails with a sentence that says what to change', () =>
    withTaskTree({ claim: { set: 'x' } }, async ({ fetch }) => {
      const { failure } = await fetch(directory('/work/in', '/shared/set'));

      expect(failure?.code).toBe('InputNotFound');
      expect(failure?.message).toContain('give the input the type FILE');
    }));

  it('is refused as a whole when a link in it leads out of the claim', () =>
    withTaskTree({ claim: { set: { leak: link('../../outside') } } }, async (tree) => {
      const { failure } = await tree.fetch(directory('/work/in', '/shared/set'));

      expect(failure?.code).toBe('PathRefused');
      await expect(readTree(tree.root)).resolves.toEqual({});
    }));

  it('passes over pipes and dangling links', () =>
    withTaskTree({ claim: { set: { lost: link('gone'), good: 'x' } } }, async (tree) => {
      await run('mkfifo', [join(tree.claim, 'set/pipe')]);

      await expect(tree.fetch(directory('/in', '/shared/set'))).resolves.toEqual({
        files: 1,
        bytes: 1,
      });
      await expect(readFile(join(tree.root, 'in/good'), 'utf8')).resolves.toBe('x');
      expect(tree.lines.filter((line) => line.startsWith('skipped'))).toHaveLength(2);
    }));
});
