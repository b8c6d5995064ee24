import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const PAGES = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md'], { cwd: ROOT }).sort();

const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** Code is no prose: what looks like a link or a heading in it is none. */
const proseOf = (page: string): string =>
  textOf(page)
    .replace(/^\s*```[\s\S]*?^\s*```/gm, '')
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, ''));

/** The targets of a page's links, but those of other sites. */
function linksOf(page: string): string[] {
  const targets = Array.from(
    proseOf(page).matchAll(/\]\(([^)\s]+)\)/g),
    ([, target]) => target ?? '',
  );
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors of a page's headings, as code hosts make them. */
function anchorsOf(page: string): string[] {
  return Array.from(proseOf(page).matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** What is wrong with a link, or undefined. */
function faultOf(page: string, target: string): string | undefined {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(ROOT, file))) return `${target}: there is no ${file}`;
  if (anchor === undefined || anchorsOf(file).includes(anchor)) return undefined;
  return `${target}: ${file} has no such heading`;
}

describe('README.md', () => {
  it('has at most 150 lines', () => {
    expect(textOf('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(150);
  });

  it('names npm scripts that exist', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const named = PAGES.flatMap((page) =>
      Array.from(textOf(page).matchAll(/\bnpm run ([a-z:]+)/g), ([, script]) => script),
    );

    expect(named).toContain('local');
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });
});

describe('links', () => {
  it('are found: the README links its documentation', () => {
    expect(linksOf('README.md')).toContain('docs/quickstart.md');
  });

  it.each(PAGES)('lead to files and headings that exist: %s', (page) => {
    const faults = linksOf(page).flatMap((target) => faultOf(page, target) ?? []);

    expect(faults).toEqual([]);
  });
});

describe('docs/README.md', () => {
  it('links every page of the documentation', () => {
    const linked = linksOf('docs/README.md').map((target) => join('docs', target));
    const pages = PAGES.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');

    expect(linked).toEqual(expect.arrayContaining(pages));
  });
});
