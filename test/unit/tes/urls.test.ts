import { pathToFileURL } from 'node:url';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { parseStorageUrl, resolveFile } from '../../../src/tes/urls.ts';

describe('parseStorageUrl', () => {
  it.each([
    ['/data/a', '/data/a'],
    ['/data/100%/a?b#c', '/data/100%/a?b#c'],
    ['//data//a/', '/data/a'],
    ['file:///data/a', '/data/a'],
    ['FILE:///data/a/', '/data/a'],
    ['file:/data/a', '/data/a'],
    ['file://localhost/data/a', '/data/a'],
    ['file:///data/a%20b%C3%BC', '/data/a bü'],
    ['file:///data/a b?c#d', '/data/a b?c#d'],
    ['file:///data/a%25b', '/data/a%b'],
  ])('reads %s as the file %s', (url, path) => {
    expect(parseStorageUrl(url)).toStrictEqual({ scheme: 'file', path });
  });

  it('reads every absolute path from the URL that Node makes of it', () => {
    const name = fc
      .string({ minLength: 1, unit: 'grapheme' })
      .filter((text) => !/[/\0]/.test(text) && text !== '.' && text !== '..');

    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 3 }), (names) => {
        const path = `/${names.join('/')}`;

        expect(parseStorageUrl(pathToFileURL(path).href)).toStrictEqual({ scheme: 'file', path });
        expect(parseStorageUrl(path)).toStrictEqual({ scheme: 'file', path });
      }),
    );
  });

  it.each([
    ['s3://bucket/key', 's3'],
    ['GS://bucket', 'gs'],
    ['az://container/blob', 'az'],
    ['https://host:1/x?y#z', 'https'],
    ['ftp://host/x', 'ftp'],
    ['ftp://user:secret@host:2121/x', 'ftp'],
    ['s3://my_bucket.x/a key?with#all', 's3'],
    ['s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/ap/key', 's3'],
    ['az://$web/x', 'az'],
  ])('leaves %s as it is', (url, scheme) => {
    expect(parseStorageUrl(url)).toStrictEqual({ scheme, url });
  });

  it.each([
    ['', /must be a URL or an absolute path/],
    ['data/a', /must be a URL or an absolute path/],
    ['xyz://a/b', /unknown scheme xyz:/],
    ['s3:bucket', /must name a place after s3:/],
    ['s3://', /must name a place after s3:/],
    ['https:///x', /must name a place after https:/],
    ['s3:///key', /must name a place after s3:/],
    ['s3://bucket name/key', /must name a bucket/],
    ['s3://key:secret@bucket/key', /must name a bucket/],
    ['gs://-bucket/key', /must name a bucket/],
    ['gs://bucket?x', /must name a bucket/],
    ['az://con*tainer/blob', /must name a container/],
    ['https://host:99999/x', /must name a host/],
    ['http://[::1/x', /must name a host/],
    ['ftp://host:x/y', /must name a host/],
    ['https://host/a b', /must not hold spaces/],
    ['http://host/\n', /must not hold spaces/],
    ['file://data/a', /without a host/],
    ['file:data', /without a host/],
    ['file:', /without a host/],
    ['file:///data/%2e%2e/etc', /must not hold \.\./],
    ['/data/../etc', /must not hold \.\./],
    ['file:///data/a%2Fb', /%2F/],
    ['file:///data/100%', /write %25/],
    ['file:///data/%ff', /write %25/],
    ['file:///data/%00', /NUL/],
  ])('refuses %j', (url, reason) => {
    expect(parseStorageUrl(url)).toHaveProperty('fault', expect.stringMatching(reason));
  });
});

describe('resolveFile', () => {
  const claims = [
    { root: '/data', claim: 'data' },
    { root: '/data/shared/', claim: 'shared' },
    { root: '/home', claim: 'home' },
  ];

  it.each([
    ['/data/a/b', { claimIndex: 0, path: 'a/b' }],
    ['/data', { claimIndex: 0, path: '' }],
    ['/data/shared/x', { claimIndex: 1, path: 'x' }],
    ['/data/sharedx', { claimIndex: 0, path: 'sharedx' }],
    ['/home/x', { claimIndex: 2, path: 'x' }],
  ])('finds %s in the innermost folder', (path, found) => {
    expect(resolveFile(path, claims)).toStrictEqual(found);
  });

  it.each(['/database/a', '/', '/datax', '/etc'])('finds no claim for %s', (path) => {
    expect(resolveFile(path, claims)).toBeUndefined();
  });

  it('finds everything in a claim at the root', () => {
    expect(resolveFile('/a', [{ root: '/', claim: 'all' }])).toStrictEqual({
      claimIndex: 0,
      path: 'a',
    });
  });
});
