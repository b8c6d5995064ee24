import { execFile } from 'node:child_process';
import { chmod, chown, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { createFileStorage } from '../../../src/storage/file-storage.ts';
import { StorageError } from '../../../src/storage/storage-error.ts';
import { directory, file, pattern, SECRET, withTaskTree } from '../../support/task-tree.ts';
import { link, readTree } from '../../support/temp-folder.ts';

const run = promisify(execFile);

describe('a FILE output', () => {
  it('is uploaded, replaces what was there, and is reported with path, URL and size', () =>
    withTaskTree(
      { root: { work: { out: 'new' } }, claim: { 'r.txt': 'a longer old one' } },
      async ({ claim, lines, push }) => {
        const result = await push(file('/work/out', 'file:///shared/r.txt'));

        expect(result).toEqual({
          outputs: [{ url: 'file:///shared/r.txt', path: '/work/out', sizeBytes: 3 }],
          warnings: [],
        });
        await expect(readTree(claim)).resolves.toEqual({ 'r.txt': 'new' });
        expect(lines).toEqual(['uploaded /work/out to file:///shared/r.txt (3 bytes)']);
      },
    ));

  it('that was not written fails by OutputMissing, but the other outputs are uploaded', () =>
    withTaskTree({ root: { b: 'b' } }, async ({ claim, push }) => {
      const result = await push(
        file('/work/a', '/shared/a'),
        file('/b', '/shared/b'),
        file('/work/c', '/shared/c'),
      );

      expect(result.failure).toEqual({
        code: 'OutputMissing',
        message: 'The output /work/a was not written by the task.',
      });
      expect(result.warnings).toEqual(['The output /work/c was not written by the task.']);
      await expect(readTree(claim)).resolves.toEqual({ b: 'b' });
    }));

  it('that is a folder fails with a sentence that says what to change, and so the other way round', () =>
    withTaskTree({ root: { folder: { x: '' }, lone: '' } }, async ({ claim, push }) => {
      const asFile = await push(file('/folder', '/shared/a'));
      const asFolder = await push(directory('/lone', '/shared/b'));

      expect(asFile.failure?.message).toContain('give the output the type DIRECTORY');
      expect(asFolder.failure?.message).toContain('give the output the type FILE');
      await expect(readdir(claim)).resolves.toEqual([]);
    }));

  it('keeps its name when the URL ends with a slash', () =>
    withTaskTree({ root: { work: { out: 'x' } } }, async ({ claim, push }) => {
      const { outputs } = await push(file('/work/out/', 'file:///shared/dir/'));

      expect(outputs).toEqual([{ url: 'file:///shared/dir/out', path: '/work/out', sizeBytes: 1 }]);
      await expect(readTree(claim)).resolves.toEqual({ 'dir/out': 'x' });
    }));

  it('is followed through links of the task, absolute ones too', () =>
    withTaskTree(
      {
        root: {
          data: { real: 'content' },
          work: {
            abs: link('/data/real'),
            rel: link('../data/real'),
            via: link('/.orrery/files/data/real'),
          },
        },
      },
      async ({ claim, push }) => {
        const { outputs } = await push(
          file('/work/abs', '/shared/abs'),
          file('/work/rel', '/shared/rel'),
          file('/work/via', '/shared/via'),
        );

        expect(outputs).toHaveLength(3);
        await expect(readTree(claim)).resolves.toEqual({
          abs: 'content',
          rel: 'content',
          via: 'content',
        });
      },
    ));

  it('of another user and with mode 0600, in a private folder, is uploaded by root', () =>
    withTaskTree({ root: { work: { out: 'private' } } }, async ({ root, claim, push }) => {
      const owner = process.getuid?.() === 0 ? 12_345 : (process.getuid?.() ?? 0);
      await chown(join(root, 'work/out'), owner, -1);
      await chmod(join(root, 'work/out'), 0o600);
      await chown(join(root, 'work'), owner, -1);
      await chmod(join(root, 'work'), 0o700);

      await push(file('/work/out', '/shared/out'));

      await expect(readTree(claim)).resolves.toEqual({ out: 'private' });
    }));

  it.each([
    ['is a folder', 'taken', 'file:///shared/taken is a folder, not a file.'],
    [
      'lies below a file',
      'lone/x',
      'file:///shared/lone/x cannot be reached: lone/x leads through /lone, which is not a folder.',
    ],
  ])('whose URL %s is told with the URL, and not as one that was not written', (_, at, reason) =>
    withTaskTree(
      { root: { out: 'x', other: 'y' }, claim: { taken: {}, lone: '' } },
      async ({ push }) => {
        const { failure, outputs } = await push(
          file('/out', `file:///shared/${at}`),
          file('/other', 'file:///shared/other'),
        );

        expect(failure).toEqual({
          code: 'DestinationUnusable',
          message: `The output /out cannot be stored, give it another URL: ${reason}`,
        });
        expect(outputs.map(({ path }) => path)).toEqual(['/other']);
      },
    ),
  );

  it('whose URL has a name that is too long is refused, because no other try can help', () =>
    withTaskTree({ root: { out: 'x' } }, async ({ push }) => {
      const { failure } = await push(file('/out', `/shared/${'n'.repeat(256)}`));

      expect(failure?.code).toBe('PathRefused');
      expect(failure?.message).toContain('the name is too long');
    }));

  it('is refused where the claim leads out', () =>
    withTaskTree(
      { root: { out: 'planted' }, claim: { bad: link('../outside') } },
      async ({ folder, push }) => {
        const { failure, outputs } = await push(file('/out', '/shared/bad/secret'));

        expect(failure?.code).toBe('PathRefused');
        expect(outputs).toEqual([]);
        await expect(readTree(join(folder, 'outside'))).resolves.toEqual({ secret: SECRET });
      },
    ));
});

describe('a DIRECTORY output', () => {
  it('is uploaded with dot files and linked folders, one entry for each file', () =>
    withTaskTree(
      {
        root: {
          ref: { g: '4444' },
          out: { '.exitcode': '0', empty: {}, sub: { '100%': 'x' }, ref: link('/ref') },
        },
      },
      async ({ claim, push }) => {
        const { outputs, warnings } = await push(directory('/out/', 'file:///shared/res/'));

        expect(outputs).toEqual([
          { url: 'file:///shared/res/.exitcode', path: '/out/.exitcode', sizeBytes: 1 },
          { url: 'file:///shared/res/ref/g', path: '/out/ref/g', sizeBytes: 4 },
          { url: 'file:///shared/res/sub/100%25', path: '/out/sub/100%', sizeBytes: 1 },
        ]);
        expect(warnings).toEqual([]);
        await expect(readTree(claim)).resolves.toEqual({
          'res/.exitcode': '0',
          'res/ref/g': '4444',
          'res/sub/100%': 'x',
        });
      },
    ));

  it('may be empty', () =>
    withTaskTree({ root: { out: {} } }, async ({ push }) => {
      await expect(push(directory('/out', '/shared/out'))).resolves.toEqual({
        outputs: [],
        warnings: [],
      });
    }));

  it('that does not exist fails by OutputMissing', () =>
    withTaskTree({}, async ({ push }) => {
      await expect(push(directory('/out', '/shared/out'))).resolves.toMatchObject({
        failure: { code: 'OutputMissing' },
      });
    }));

  it('is not followed round in circles', () =>
    withTaskTree(
      { root: { out: { f: 'x', self: link('.'), sub: { up: link('..'), root: link('/') } } } },
      async ({ claim, push }) => {
        const { outputs, warnings } = await push(directory('/out', '/shared/out'));

        expect(outputs.map(({ path }) => path)).toEqual(['/out/f']);
        expect(warnings).toHaveLength(3);
        expect(warnings.join()).toContain(
          '/out/sub/up was not uploaded: it leads back to a folder',
        );
        await expect(readTree(claim)).resolves.toEqual({ 'out/f': 'x' });
      },
    ));

  it('warns of pipes, sockets, devices, dangling links and names that are not UTF-8', () =>
    withTaskTree({ root: { out: { good: 'x', lost: link('/gone') } } }, async (tree) => {
      await run('mkfifo', [join(tree.root, 'out/pipe')]);
      await writeFile(Buffer.concat([Buffer.from(`${tree.root}/out/`), Buffer.from([0xff])]), 'x');

      const { outputs, warnings, failure } = await tree.push(directory('/out', '/shared/out'));

      expect(failure).toBeUndefined();
      expect(outputs).toHaveLength(1);
      expect([...warnings].sort()).toEqual([
        '/out/lost was not uploaded: it is a link to /gone, which does not exist among the inputs, outputs and volumes of the task.',
        '/out/pipe was not uploaded: it is a pipe, a socket or a device.',
        '/out/\uFFFD was not uploaded: it has a name that is not valid UTF-8.',
      ]);
    }));

  it('warns a hundred times and then only counts', () =>
    withTaskTree({ root: { out: {} } }, async ({ root, push }) => {
      for (let i = 0; i < 130; i++) await symlink('gone', join(root, `out/l${i}`));

      const { warnings } = await push(directory('/out', '/shared/out'));

      expect(warnings).toHaveLength(101);
      expect(warnings.at(-1)).toBe('30 more warnings are not shown.');
    }));

  it('is uploaded whole when it holds many files and deep folders', () =>
    withTaskTree({ root: { out: {} } }, async ({ root, claim, push }) => {
      const deep = Array.from({ length: 100 }, () => 'd').join('/');
      await run('mkdir', ['-p', join(root, 'out', deep)]);
      await writeFile(join(root, 'out', deep, 'bottom'), 'x');
      for (let i = 0; i < 2_000; i++) await writeFile(join(root, `out/f${i}`), `${i}`);

      const { outputs } = await push(directory('/out', '/shared/out'));

      expect(outputs).toHaveLength(2_001);
      expect(Object.keys(await readTree(claim))).toHaveLength(2_001);
    }));
});

describe('a pattern output', () => {
  const root = {
    work: { 'a.txt': 'a', 'b.txt': 'b', 'c.bin': 'c', '.d.txt': 'd', sub: { 'e.txt': 'e' } },
  };

  it('uploads what matches to the URL and the path without its prefix', () =>
    withTaskTree({ root }, async ({ claim, push }) => {
      const { outputs } = await push(pattern('/work/*.txt', '/work', 'file:///shared/res'));

      expect(outputs).toEqual([
        { url: 'file:///shared/res/a.txt', path: '/work/a.txt', sizeBytes: 1 },
        { url: 'file:///shared/res/b.txt', path: '/work/b.txt', sizeBytes: 1 },
      ]);
      await expect(readTree(claim)).resolves.toEqual({ 'res/a.txt': 'a', 'res/b.txt': 'b' });
    }));

  it.each([
    ['/work/[!b].txt', '/work/', ['res/a.txt']],
    ['/work/.*.txt', '/work/', ['res/.d.txt']],
    ['/*/sub/?.txt', '/work', ['res/sub/e.txt']],
    ['/work/?.bin', '', ['res/work/c.bin']],
    ['/work/?.bin', '/wor', ['res/k/c.bin']],
    ['/work/*/e.txt', '/work', ['res/sub/e.txt']],
    ['/work/s*', '/work', ['res/sub/e.txt']],
    ['/work/s*/', '/work/', ['res/sub/e.txt']],
  ])('%s without %j gives %j', (path, prefix, expected) =>
    withTaskTree({ root }, async ({ claim, push }) => {
      await push(pattern(path, prefix, '/shared/res/'));

      expect(Object.keys(await readTree(claim)).sort()).toEqual(expected);
    }),
  );

  it('without a match is a warning', () =>
    withTaskTree({ root }, async ({ push }) => {
      await expect(push(pattern('/work/*.bam', '/work', '/shared/res'))).resolves.toEqual({
        outputs: [],
        warnings: ['No file matches the output pattern /work/*.bam.'],
      });
      await expect(push(pattern('/gone/*/x', '/gone', '/shared/res'))).resolves.toEqual({
        outputs: [],
        warnings: ['No file matches the output pattern /gone/*/x.'],
      });
    }));
});

describe('links that a task plants', () => {
  const secretLinks = {
    abs: link('/../outside/secret'),
    rel: link('../../outside/secret'),
    far: link('../../../../../../../../../../etc/passwd'),
    proc: link('/proc/self/environ'),
    folder: link('../../outside'),
    chain: link('abs'),
    mount: link('/.orrery/files/../outside/secret'),
    claims: link('/.orrery/claims/0'),
  };

  it.each(Object.keys(secretLinks))('never bring out what lies outside as a FILE: %s', (name) =>
    withTaskTree({ root: { work: secretLinks } }, async ({ claim, push }) => {
      const { failure, outputs } = await push(
        file(`/work/${name}`, '/shared/x'),
        file(`/work/${name}/secret`, '/shared/y'),
      );

      expect(outputs).toEqual([]);
      expect(failure?.code).toBe('OutputMissing');
      await expect(readTree(claim)).resolves.toEqual({});
    }),
  );

  it('never bring out what lies outside as a DIRECTORY or a match', () =>
    withTaskTree(
      { root: { work: secretLinks, up: link('..'), parent: link('/work/folder') } },
      async ({ claim, push }) => {
        const { outputs } = await push(
          directory('/work', '/shared/a'),
          directory('/work/folder', '/shared/b'),
          directory('/parent', '/shared/c'),
          pattern('/work/*', '/', '/shared/d'),
          pattern('/work/*/secret', '/', '/shared/e'),
          pattern('/up/outside/*', '/', '/shared/f'),
          pattern('/../outside/*', '/', '/shared/g'),
        );

        expect(outputs).toEqual([]);
        await expect(readTree(claim)).resolves.toEqual({});
      },
    ));

  it('that loop are refused as outputs and passed over in folders', () =>
    withTaskTree({ root: { work: { a: link('b'), b: link('a') } } }, async ({ push }) => {
      await expect(push(file('/work/a', '/shared/a'))).resolves.toMatchObject({
        failure: { code: 'PathRefused', message: '/work/a leads through a loop of links.' },
      });
      const { outputs, failure, warnings } = await push(directory('/work', '/shared/a'));
      expect(outputs).toEqual([]);
      expect(failure).toBeUndefined();
      expect(warnings).toHaveLength(2);
    }));

  it('cannot take the place of the root of a mount', () =>
    withTaskTree({ root: { work: link('/outside'), outside: { secret: 'own' } } }, async (tree) => {
      await tree.push(file('/work/secret', '/shared/x'));

      await expect(readTree(tree.claim)).resolves.toEqual({ x: 'own' });
    }));
});

describe('after a failed executor', () => {
  it('what exists is uploaded, and nothing that is missing is a failure', () =>
    withTaskTree(
      { root: { work: { log: 'x' } }, claim: { bad: link('/etc') } },
      async ({ claim, pushBestEffort }) => {
        const result = await pushBestEffort(
          file('/work/gone', '/shared/gone'),
          directory('/nowhere', '/shared/dir'),
          file('/work/log', '/shared/bad/log'),
          file('/work/log', '/shared/log'),
        );

        expect(result.failure).toBeUndefined();
        expect(result.outputs).toEqual([{ url: '/shared/log', path: '/work/log', sizeBytes: 1 }]);
        expect(result.warnings).toHaveLength(3);
        expect(result.warnings).toContain('The output /work/gone was not written by the task.');
        await expect(readTree(claim)).resolves.toMatchObject({ log: 'x' });
      },
    ));

  it.each([true, false])(
    'trouble that may heal ends the stage without a result: %s',
    (bestEffort) => {
      const storage = {
        ...createFileStorage(),
        upload: () => Promise.reject(new StorageError('transient', 'The store is busy.')),
      };
      return withTaskTree({ root: { a: 'x' }, storage }, async ({ push, pushBestEffort }) => {
        const pushed = (bestEffort ? pushBestEffort : push)(file('/a', '/shared/a'));

        await expect(pushed).rejects.toMatchObject({
          problem: 'transient',
          message: 'The store is busy.',
        });
      });
    },
  );
});
