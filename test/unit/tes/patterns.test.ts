import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { isPattern, matchesPattern, parsePattern } from '../../../src/tes/patterns.ts';

const matches = (pattern: string, path: string) => matchesPattern(parsePattern(pattern), path);
const escaped = (name: string) => name.replace(/[*?[\]\\]/g, '\\$&');

const name = fc
  .string({ minLength: 1, maxLength: 8, unit: fc.constantFrom(...Array.from('ab.-[]*?\\!^💫')) })
  .filter((text) => text !== '.' && text !== '..');
const visible = name.filter((text) => !text.startsWith('.'));

describe('matching one name', () => {
  it.each([
    ['*.txt', 'a.txt', true],
    ['*.txt', '.txt', false],
    ['*', '.hidden', false],
    ['.*', '.hidden', true],
    ['?hidden', '.hidden', false],
    ['[.]hidden', '.hidden', false],
    [String.raw`\.hidden`, '.hidden', true],
    ['a*b*c', 'aXbYc', true],
    ['a*b*c', 'aXbY', false],
    ['**', 'abc', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['?', '💫', true],
    ['[abc]', 'b', true],
    ['[abc]', 'd', false],
    ['[a-c]x', 'bx', true],
    ['[!a-c]', 'b', false],
    ['[!a-c]', 'd', true],
    ['[^a-c]', 'd', true],
    ['[]a]', ']', true],
    ['[!]a]', 'b', true],
    ['[!]a]', ']', false],
    ['[a-]', '-', true],
    ['[-a]', '-', true],
    ['[c-a]', 'b', false],
    ['[[:digit:]]', '7', true],
    ['[[:digit:]]', 'x', false],
    ['[[:upper:]_]', '_', true],
    ['[[:none:]]', 'n', false],
    ['[[.a.]]', 'a', true],
    ['[[=a=]b]', 'b', true],
    [String.raw`[\]]`, ']', true],
    ['[abc', '[abc', true],
    ['[]', '[]', true],
    [String.raw`\*`, '*', true],
    [String.raw`\*`, 'a', false],
    [String.raw`a\[b\]`, 'a[b]', true],
    ['a\\', 'a\\', true],
    ['*a*', 'bbb', false],
  ])('%s against %s is %s', (pattern, text, expected) => {
    expect(matches(`/w/${pattern}`, `/w/${text}`)).toBe(expected);
  });

  it('finds every name by the name itself, once its wildcards are escaped', () => {
    fc.assert(
      fc.property(name, name, (text, other) => {
        expect(matches(`/w/*/${escaped(text)}`, `/w/x/${text}`)).toBe(true);
        expect(matches(`/w/*/${escaped(text)}`, `/w/x/${other}`)).toBe(text === other);
      }),
    );
  });

  it('finds every visible name by its beginning or end and a star', () => {
    fc.assert(
      fc.property(visible, fc.nat(8), (text, cut) => {
        const characters = Array.from(text);
        const head = characters.slice(0, cut).join('');
        const tail = characters.slice(cut).join('');

        expect(matches(`/w/${escaped(head)}*`, `/w/${text}`)).toBe(true);
        expect(matches(`/w/*${escaped(tail)}`, `/w/${text}`)).toBe(true);
      }),
    );
  });

  it('agrees with a plain recursive matcher on stars and question marks', () => {
    const wild = fc.string({ maxLength: 6, unit: fc.constantFrom('a', 'b', '*', '?') });
    const plain = fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom('a', 'b') });

    fc.assert(
      fc.property(wild, plain, (pattern, text) => {
        fc.pre(pattern !== '');

        expect(matches(`/w/*/${pattern}`, `/w/x/${text}`)).toBe(model(pattern, text));
      }),
    );
  });

  it('answers for a pattern that would make a regular expression explode', () => {
    expect(matches(`/w/${'*a'.repeat(100)}b`, `/w/${'a'.repeat(250)}`)).toBe(false);
  });
});

describe('matching a path', () => {
  it('never lets a wildcard match a slash', () => {
    fc.assert(
      fc.property(fc.constantFrom('*', '?', '[!a]', 'x*'), visible, visible, (wild, one, two) => {
        expect(matches(`/w/${wild}`, `/w/${one}/${two}`)).toBe(false);
      }),
    );
  });

  it('takes a bracket that holds a slash literally', () => {
    expect(isPattern({ path: '/w/[a/b]', path_prefix: '/w' })).toBe(false);
  });

  it('starts at the longest directory without wildcards', () => {
    const pattern = parsePattern('/work//out/[ab]/x/*.txt');

    expect(pattern.base).toBe('/work/out');
    expect(pattern.levels).toHaveLength(3);
    expect(matchesPattern(pattern, '/work/out/a/x/1.txt')).toBe(true);
    expect(matchesPattern(pattern, '/work/out/a/y/1.txt')).toBe(false);
    expect(matchesPattern(pattern, '/work/in/a/x/1.txt')).toBe(false);
    expect(matchesPattern(pattern, '/work/out/a/x')).toBe(false);
  });

  it('unescapes the directory it starts at', () => {
    expect(parsePattern(String.raw`/w\*/a*`).base).toBe('/w*');
  });
});

describe('isPattern', () => {
  it.each([
    ['/w/*.txt', undefined, true],
    ['/w/?', undefined, true],
    ['/w/[a]', undefined, false],
    ['/w/[a]', '/w', true],
    ['/w/[a]*', undefined, true],
    ['/w/a', '/w', false],
    ['/w/{a,b}', '/w', false],
    [String.raw`/w/\*`, '/w', false],
    ['/w/[a', '/w', false],
  ])('says of %s with path_prefix %s: %s', (path, prefix, expected) => {
    const output = prefix === undefined ? { path } : { path, path_prefix: prefix };

    expect(isPattern(output)).toBe(expected);
  });
});

function model(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  const rest = pattern.slice(1);
  if (pattern.startsWith('*')) {
    return model(rest, text) || (text !== '' && model(pattern, text.slice(1)));
  }
  if (text === '') return false;
  return (
    (pattern.startsWith('?') || text.startsWith(pattern.charAt(0))) && model(rest, text.slice(1))
  );
}
