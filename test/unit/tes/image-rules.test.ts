import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  executorImageFault,
  fullName,
  pullSecretsFor,
  withRegistry,
} from '../../../src/tes/image-rules.ts';

const SHA = `sha256:${'a'.repeat(64)}`;
const rules = (more: object) => ({ allowed: [], toolHosts: [], ...more });
const isAllowed = (image: string, ...allowed: string[]) =>
  executorImageFault(image, rules({ allowed })) === undefined;

describe('an image without a registry', () => {
  it.each([
    ['alpine', 'docker.io/library/alpine'],
    ['alpine:3', 'docker.io/library/alpine:3'],
    [`alpine@${SHA}`, `docker.io/library/alpine@${SHA}`],
    ['team/tool', 'docker.io/team/tool'],
    ['docker.io/alpine', 'docker.io/library/alpine'],
    ['index.docker.io/alpine', 'docker.io/library/alpine'],
    ['quay.io/a/b:1', 'quay.io/a/b:1'],
    ['localhost/a', 'localhost/a'],
    ['reg:5000/a', 'reg:5000/a'],
  ])('%s is %s to a container runtime', (image, name) => {
    expect(fullName(image, undefined)).toBe(name);
  });

  it('gets the default registry, with its folder, and others keep their own', () => {
    expect(withRegistry('team/tool:1', 'reg.example.org/mirror')).toBe(
      'reg.example.org/mirror/team/tool:1',
    );
    expect(withRegistry('quay.io/a', 'reg.example.org')).toBe('quay.io/a');
    expect(withRegistry('alpine', undefined)).toBe('alpine');
    expect(fullName('alpine', 'reg.example.org')).toBe('reg.example.org/alpine');
  });
});

describe('the list of allowed images', () => {
  it.each([
    ['alpine:3', 'docker.io/library/*'],
    [`alpine:3@${SHA}`, 'docker.io/library/alpine'],
    ['alpine:3', 'docker.io/library/alpine:3'],
    ['quay.io/a/b', 'quay.io/*/b'],
    ['quay.io/a/b/c:1', 'quay.io/**'],
    ['reg.example.org:5000/a:1', 'reg.example.org:5000/a'],
    ['anything', '**'],
    ['quay.io/b', 'docker.io/**', 'quay.io/*'],
  ])('allows %s by %s', (image, ...patterns) => {
    expect(isAllowed(image, ...patterns)).toBe(true);
  });

  it.each([
    ['alpine:3', 'quay.io/*'],
    ['alpine:4', 'docker.io/library/alpine:3'],
    ['quay.io/a/b', 'quay.io/*'],
    ['quay.io.evil.org/a', 'quay.io/*'],
    ['evil.org/quay.io/a', 'quay.io/*'],
    ['quayxio/a', 'quay.io/*'],
    ['docker.io/library/alpine-evil', 'docker.io/library/alpine'],
    ['reg.example.org:5000/a', 'reg.example.org/a'],
  ])('keeps %s out by %s', (image, pattern) => {
    expect(isAllowed(image, pattern)).toBe(false);
  });

  it('says which images there are', () => {
    expect(executorImageFault('alpine', rules({ allowed: ['quay.io/*'] }))).toBe(
      'is "docker.io/library/alpine", which is not allowed here; use one of quay.io/*',
    );
  });

  it('is asked about the name with the default registry', () => {
    const mirror = { defaultRegistry: 'quay.io/mirror', allowed: ['quay.io/mirror/*'] };

    expect(executorImageFault('alpine', rules(mirror))).toBeUndefined();
  });

  it('lets no text past a pattern that it does not begin like', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const allowed = isAllowed(text, 'quay.io/team/*');
        expect(!allowed || text.startsWith('quay.io/team/')).toBe(true);
      }),
    );
  });
});

describe('tool URIs', () => {
  it('are allowed for configured hosts only', () => {
    const fault = (uri: string, toolHosts: string[]) =>
      executorImageFault(uri, rules({ toolHosts }));

    expect(fault('trs://tools.example.org/id/1', ['tools.example.org'])).toBeUndefined();
    expect(fault('TRS://Tools.example.org/id/1', ['tools.example.org'])).toBeUndefined();
    expect(fault('trs://tools.example.org/id/1', [])).toMatch(/none is configured here/);
    expect(fault('trs://tools.example.org:8443/id/1', ['tools.example.org'])).toMatch(
      /"tools.example.org:8443", which is not allowed; use one of tools.example.org/,
    );
    expect(fault('trs://tools.example.org/id', ['tools.example.org'])).toMatch(
      /malformed tool URI/,
    );
  });
});

describe('pull secrets', () => {
  const secrets = [
    { place: 'quay.io', secret: 'quay' },
    { place: 'quay.io/team', secret: 'team' },
    { place: 'docker.io', secret: 'hub' },
    { place: 'reg.example.org:5000', secret: 'reg' },
  ];

  it.each([
    [['alpine'], ['hub']],
    [['quay.io/a'], ['quay']],
    [
      ['quay.io/team/a:1', 'alpine'],
      ['quay', 'team', 'hub'],
    ],
    [['quay.io/teams/a'], ['quay']],
    [['quay.io.evil.org/a', 'reg.example.org/a'], []],
    [['reg.example.org:5000/a'], ['reg']],
    [[], []],
  ])('of %j are %j', (images, names) => {
    expect(pullSecretsFor(images, secrets)).toEqual(names);
  });
});
