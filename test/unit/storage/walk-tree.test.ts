import { describe, expect, it } from '@jest/globals';

import { type TreeEntry, walkTree } from '../../../src/storage/walk-tree.ts';
import { link, makeTree, type Tree, withTempFolder } from '../../support/temp-folder.ts';

async function walked(tree: Tree, start = '/'): Promise<TreeEntry[]> {
  return withTempFolder(async (root) => {
    await makeTree(root, tree);
    const entries: TreeEntry[] = [];
    for await (const entry of walkTree({ root, escape: 'clamp' }, start)) entries.push(entry);
    return entries;
  });
}

function filesOf(entries: readonly TreeEntry[]): string[] {
  return entries.filter(({ kind }) => kind === 'file').map(({ path }) => path);
}

describe('a walk through a tree', () => {
  it('lists a folder before what it holds', async () => {
    const entries = await walked({ a: { b: { c: 'x' } } });

    expect(entries.map(({ path }) => path)).toEqual(['a', 'a/b', 'a/b/c']);
  });

  it('starts behind a link', async () => {
    expect(filesOf(await walked({ real: { f: 'x' }, start: link('/real') }, '/start'))).toEqual([
      'f',
    ]);
  });

  it('enters a folder by each of many links to it', async () => {
    const links = Array.from({ length: 150 }, (_, i) => [`sample${i}`, { ref: link('/ref') }]);
    const tree = { ref: { genome: 'x' }, out: Object.fromEntries(links) as Tree };

    expect(filesOf(await walked(tree, '/out'))).toHaveLength(150);
  });

  it('ends where every folder links to every other', async () => {
    const names = Array.from({ length: 7 }, (_, i) => `f${i}`);
    const links = Object.fromEntries(names.map((name) => [name, link(`../${name}`)]));
    const tree = Object.fromEntries(names.map((name) => [name, { ...links, content: 'x' }]));

    const entries = await walked(tree);

    const files = filesOf(entries);
    expect(files).toEqual(expect.arrayContaining(names.map((name) => `${name}/content`)));
    expect(files).toContain('f0/f6/content');
    // Without a bound there is one for each path that visits no folder twice: 13,699.
    expect(files.length).toBeLessThan(1_000);
    const reasons = entries.map((entry) => (entry.kind === 'skipped' ? entry.reason : ''));
    expect(reasons).toContain('is one of more than 100 links behind links that lead to one folder');
  });
});
