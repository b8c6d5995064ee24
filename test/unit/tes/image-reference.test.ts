import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { imageFault } from '../../../src/tes/image-reference.ts';

const SHA = 'a'.repeat(64);

describe('imageFault', () => {
  it.each([
    'alpine',
    'alpine:3.22',
    'library/alpine',
    'docker.io/library/alpine:latest',
    'localhost/a',
    'localhost:5000',
    'localhost:5000/a/b_c/d__e:V1',
    'REGISTRY.example.org/a',
    'registry.example.org:443/team/tool-x.y:1_0-rc.1',
    '[::1]:5000/a',
    `alpine@sha256:${SHA}`,
    `quay.io/a/b:1.0@sha256:${SHA}`,
    'snakemake/snakemake:v7.21.0',
    'a---b',
    `a:${'t'.repeat(128)}`,
    `${'a/'.repeat(127)}a`,
    `x/${SHA}`,
  ])('takes %s', (image) => {
    expect(imageFault(image)).toBeUndefined();
  });

  it.each([
    ['', /must not be empty/],
    ['a b', /spaces/],
    [' alpine', /spaces/],
    ['alpine\n', /spaces/],
    ['docker://alpine', /must not begin with "docker:\/\/"/],
    ['https://quay.io/a', /must not begin with "https:\/\/"/],
    ['Alpine', /must have "Alpine" in lower case/],
    ['quay.io/Team/tool', /must have "Team" in lower case/],
    ['alpine:', /malformed tag ""/],
    ['alpine:3:4', /malformed tag "3:4"/],
    ['alpine:-1', /malformed tag/],
    [`a:${'t'.repeat(129)}`, /malformed tag/],
    ['alpine@', /malformed digest/],
    ['alpine@sha256:abc', /malformed digest/],
    [`alpine@md5:${SHA}`, /malformed digest/],
    [`alpine@sha256:${'A'.repeat(64)}`, /malformed digest/],
    ['/alpine', /must name a repository/],
    ['alpine/', /must name a repository/],
    ['a//b', /must name a repository/],
    [':5000', /must name a repository/],
    [`@sha256:${SHA}`, /must name a repository/],
    ['a/-b', /malformed name "-b"/],
    ['a/b___c', /malformed name/],
    ['a/b..c', /malformed name/],
    ['a$b', /malformed name/],
    ['bär', /malformed name/],
    ['-host.example.org/a', /malformed registry/],
    ['host.example.org:port/a', /malformed registry/],
    ['host..org/a', /malformed registry/],
    [SHA, /must not be an image id/],
    [`${'a/'.repeat(128)}a`, /more than 255 characters/],
  ])('refuses %j with a sentence', (image, sentence) => {
    expect(imageFault(image)).toMatch(sentence);
  });

  it('takes whatever the grammar can build', () => {
    const name = fc.stringMatching(/^[a-z0-9]{1,5}(?:(?:[._]|__|-{1,3})[a-z0-9]{1,5}){0,2}$/);
    const host = fc.stringMatching(/^[a-z0-9]{1,5}(?:\.[a-z0-9]{1,5}){1,2}(?::[0-9]{1,5})?$/);
    const tag = fc.stringMatching(/^\w[\w.-]{0,10}$/);
    const image = fc
      .tuple(
        fc.option(host),
        fc.array(name, { minLength: 1, maxLength: 3 }),
        fc.option(tag),
        fc.boolean(),
      )
      .map(
        ([registry, names, version, pinned]) =>
          // A first name with a dot is a registry.
          (registry === null
            ? names.join('/').replaceAll('.', '')
            : [registry, ...names].join('/')) +
          `${version === null ? '' : `:${version}`}${pinned ? `@sha256:${SHA}` : ''}`,
      );

    fc.assert(
      fc.property(image, (one) => {
        expect(imageFault(one)).toBeUndefined();
      }),
    );
  });

  it('answers any text at once, with a short sentence', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 5000 }), (text) => {
        expect(imageFault(text)?.length ?? 0).toBeLessThan(1000);
      }),
    );
    expect(imageFault(`${'a-'.repeat(100)}!`)).toMatch(/malformed name/);
  });
});
