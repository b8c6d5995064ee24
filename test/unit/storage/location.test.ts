import { describe, expect, it } from '@jest/globals';

import { displayUrl, printable, schemeOf, within } from '../../../src/storage/location.ts';

describe('a storage URL', () => {
  it.each([
    ['S3://bucket/key', 's3'],
    ['file:///a', 'file'],
    ['/bare/path', 'file'],
  ])('%s has the scheme %s', (url, scheme) => {
    expect(schemeOf(url)).toBe(scheme);
  });

  it.each([
    ['file:///a', 'file:///a/b/c'],
    ['file:///a/', 'file:///a/b/c'],
    ['/a', '/a/b/c'],
  ])('%s is extended with one slash between', (url, extended) => {
    expect(within({ url }, 'b/c')).toEqual({ url: extended });
  });

  it('is extended together with the path in its claim', () => {
    const claim = { mount: '/m', path: '' };

    expect(within({ url: 'file:///a', claim }, 'b').claim).toEqual({ mount: '/m', path: 'b' });
    expect(within({ url: 'file:///a/x', claim: { ...claim, path: 'x' } }, 'b').claim).toEqual({
      mount: '/m',
      path: 'x/b',
    });
  });

  it('holds a percent sign of a file name encoded, where percent signs encode', () => {
    expect(within({ url: 'file:///a' }, '100%.txt').url).toBe('file:///a/100%25.txt');
    expect(within({ url: '/a' }, '100%.txt').url).toBe('/a/100%.txt');
  });

  it.each([
    ['https://user:secret@host/a@b?sig=secret#frag', 'https://host/a@b'],
    ['s3://bucket/key', 's3://bucket/key'],
    ['file:///what?.txt', 'file:///what?.txt'],
    ['/forged\nline', '/forged\\u000aline'],
  ])('%j is shown as %j', (url, shown) => {
    expect(displayUrl(url)).toBe(shown);
  });
});

describe('a name that is printed', () => {
  it('cannot forge lines or drive a terminal', () => {
    expect(printable('a\r\n\u001b[31mé b\u0085')).toBe('a\\u000d\\u000a\\u001b[31mé b\\u0085');
  });
});
