import { realpath } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  type Confinement,
  type ResolvedPath,
  resolvePath,
} from '../../../src/storage/resolve-path.ts';
import { StorageError } from '../../../src/storage/storage-error.ts';
import { link, makeTree, type Tree, withTempFolder } from '../../support/temp-folder.ts';

/** Resolves below a root that holds `inside`; answers relative to the root, `/` being the root itself. */
async function resolved(
  inside: Tree,
  path: string,
  options: Partial<Confinement> = {},
): Promise<string> {
  return withTempFolder(async (folder) => {
    const root = join(folder, 'root');
    await makeTree(root, inside);
    const { path: real } = await resolvePath({ root, escape: 'clamp', ...options }, path);
    expect(`${real}/`.startsWith(`${root}/`)).toBe(true);
    return real.slice(root.length) || '/';
  });
}

describe('a path that is clamped to its root', () => {
  it.each([
    ['/', {}, '/'],
    ['', {}, '/'],
    ['/a//./b/', {}, '/a/b'],
    ['/..', {}, '/'],
    ['/../../a', {}, '/a'],
    ['/a/../../../b', { a: {} }, '/b'],
    ['/l', { l: link('/etc/passwd') }, '/etc/passwd'],
    ['/l', { l: link('../../../../etc/passwd') }, '/etc/passwd'],
    ['/l/x', { l: link('/') }, '/x'],
    ['/d/l/x', { d: { l: link('e/../..') } }, '/x'],
    ['/l/passwd', { l: link('m'), m: link('/etc'), etc: { passwd: 'own' } }, '/etc/passwd'],
    ['/l/..', { l: link('/a/b'), a: { b: {} } }, '/a'],
    ['/dangling/..', { dangling: link('no/where') }, '/no'],
  ])('leads from %j to what the root holds', async (path, tree: Tree, expected) => {
    await expect(resolved(tree, path)).resolves.toBe(expected);
  });

  it('gives up on a link to itself', async () => {
    await expect(resolved({ proc: link('/proc') }, '/proc/x')).rejects.toMatchObject({
      problem: 'refused',
      message: '/proc/x leads through a loop of links.',
    });
  });

  it('takes its alias for the root, but nothing that only begins like it', async () => {
    const alias = '/.orrery/files';

    await expect(resolved({ l: link('/.orrery/files/a') }, '/l', { alias })).resolves.toBe('/a');
    await expect(resolved({ l: link('/.orrery/files-of-mine/a') }, '/l', { alias })).resolves.toBe(
      '/.orrery/files-of-mine/a',
    );
  });

  it('follows 40 links and no more', async () => {
    const chain = (length: number): Tree =>
      Object.fromEntries(
        Array.from({ length }, (_, i) => [`l${i}`, link(i + 1 === length ? 'end' : `l${i + 1}`)]),
      );

    await expect(resolved(chain(40), '/l0')).resolves.toBe('/end');
    await expect(resolved(chain(41), '/l0')).rejects.toMatchObject({ problem: 'refused' });
  });

  it('refuses a NUL character', async () => {
    await expect(resolved({}, '/a\0b')).rejects.toMatchObject({ problem: 'refused' });
  });

  it('says which file stands where a folder is needed', async () => {
    await expect(resolved({ file: 'x' }, '/file/below')).rejects.toMatchObject({
      problem: 'wrong-kind',
      message: '/file/below leads through /file, which is not a folder.',
    });
  });

  it('tells what lies there, and the link that led there', () =>
    withTempFolder(async (folder) => {
      await makeTree(folder, { l: link('file'), file: 'four', lost: link('/gone') });
      const confinement = { root: folder, escape: 'clamp' } as const;

      const found = await resolvePath(confinement, '/l');
      const lost = await resolvePath(confinement, '/lost');

      expect(found.stats?.size).toBe(4);
      expect(found.link).toBe('file');
      expect(lost).toEqual({ path: join(folder, 'gone'), link: '/gone' });
    }));
});

const NAMES = ['a', 'b', 'c'] as const;

type Node = { readonly to: string } | { readonly [name: string]: Node } | 'file';
type Folder = Readonly<Record<string, Node>>;

const target = fc
  .array(fc.constantFrom(...NAMES, '..', '.'), { minLength: 1, maxLength: 4 })
  .chain((parts) => fc.constantFrom(parts.join('/'), `/${parts.join('/')}`));

const { folder: anyFolder } = fc.letrec<{ folder: Folder; node: Node }>((tie) => ({
  folder: fc.dictionary(fc.constantFrom(...NAMES), tie('node'), {
    maxKeys: 3,
    noNullPrototype: true,
  }),
  node: fc.oneof(
    { maxDepth: 3 },
    fc.constant<Node>('file'),
    target.map((to) => ({ to })),
    tie('folder'),
  ),
}));

function isLink(at: Node | undefined): at is { readonly to: string } {
  return typeof at === 'object' && typeof at.to === 'string';
}

function toTree(folder: Folder): Tree {
  const tree: Record<string, Tree[string]> = {};
  for (const [name, at] of Object.entries(folder)) {
    if (at === 'file') tree[name] = 'content';
    else tree[name] = isLink(at) ? link(at.to) : toTree(at);
  }
  return tree;
}

function lookUp(top: Folder, names: readonly string[]): Node | undefined {
  return names.reduce<Node | undefined>(
    (at, name) => (typeof at === 'object' && !isLink(at) ? at[name] : undefined),
    top,
  );
}

interface Question {
  readonly top: Folder;
  readonly escape: 'clamp' | 'refuse';
  readonly links: number;
}

/** The same asked of the tree in memory: the first link is replaced in the text of the path, and again from the start. */
function naively(question: Question, path: string): string {
  const { top, escape, links } = question;
  if (links > 40) return 'refused';
  const done: string[] = [];
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  for (const [index, name] of names.entries()) {
    const rest = names.slice(index + 1);
    const at = lookUp(top, [...done, name]);
    if (name === '..') {
      if (done.pop() === undefined && escape === 'refuse') return 'refused';
    } else if (isLink(at)) {
      const absolute = at.to.startsWith('/');
      if (absolute && escape === 'refuse') return 'refused';
      const replaced = [...(absolute ? [] : done), at.to, ...rest].join('/');
      return naively({ ...question, links: links + 1 }, replaced);
    } else if (at === 'file' && rest.length > 0) return 'wrong-kind';
    else done.push(name);
  }
  return `/${done.join('/')}`;
}

/** Where the resolver leads, or the problem it sees; checked against the kernel for what exists. */
async function asked(root: string, escape: Question['escape'], path: string): Promise<string> {
  const answer = await resolvePath({ root, escape }, path).catch((error: unknown) => error);
  if (answer instanceof StorageError) return answer.problem;
  const { path: real, stats } = answer as ResolvedPath;
  const kernels = await realpath(real).catch(() => undefined);
  if (kernels !== (stats && real)) return `${real} is ${String(kernels)} for the kernel`;
  return real.startsWith(root) ? real.slice(root.length) || '/' : real;
}

describe('any path in any tree', () => {
  it.each(['clamp', 'refuse'] as const)('leads where a naive model says: %s', async (escape) => {
    await fc.assert(
      fc.asyncProperty(anyFolder, target, (top, path) =>
        withTempFolder(async (root) => {
          await makeTree(root, toTree(top));

          expect(await asked(root, escape, path)).toBe(naively({ top, escape, links: 0 }, path));
        }),
      ),
      { numRuns: 300 },
    );
  });
});
