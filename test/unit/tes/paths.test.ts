import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  cleanPath,
  cleanPrefix,
  isWithin,
  parentOf,
  pathFault,
  placeFault,
  segmentsOf,
} from '../../../src/tes/paths.ts';

const segment = fc.stringMatching(/^[a-c.]{1,3}$/).filter((name) => !/^\.+$/.test(name));
const path = fc.array(segment, { maxLength: 4 }).map((names) => `/${names.join('/')}`);

describe('paths', () => {
  it.each([
    ['/', '/'],
    ['//a///b/', '/a/b'],
    ['/a/./b/.', '/a/b'],
    ['/a/.b', '/a/.b'],
  ])('spells %s as %s', (from, to) => {
    expect(cleanPath(from)).toBe(to);
  });

  it.each([
    ['//a/./b', '/a/b'],
    ['/a//b//', '/a/b/'],
    ['//', '/'],
  ])('spells the beginning %s as %s', (from, to) => {
    expect(cleanPrefix(from)).toBe(to);
  });

  it.each([
    ['/a/b/c', '/a/b'],
    ['/a/', '/'],
    ['/', '/'],
  ])('has %s in %s', (from, to) => {
    expect(parentOf(from)).toBe(to);
  });

  it('compares whole names, so that /database is not in /data', () => {
    expect(isWithin('/database', '/data')).toBe(false);
    expect(isWithin('/data/base', '/data/')).toBe(true);
    expect(isWithin('/data', '/data')).toBe(true);
    expect(isWithin('/data', '/data/base')).toBe(false);
  });

  it('lies in a directory exactly when its segments begin with those of the directory', () => {
    fc.assert(
      fc.property(path, path, (inner, outer) => {
        const begins = `${cleanPath(inner)}/`.startsWith(`${cleanPath(outer)}/`.replace('//', '/'));

        expect(isWithin(inner, outer)).toBe(begins);
        expect(isWithin(`${outer}/${inner}`, outer)).toBe(true);
        expect(segmentsOf(cleanPath(inner))).toStrictEqual(segmentsOf(inner));
      }),
    );
  });

  it.each(['', 'a', './a', '/a/..', '/../a', `/${'x'.repeat(256)}`, '/aaaa'.repeat(1000)])(
    'cannot be used as %j',
    (bad) => {
      expect(pathFault(bad)).toBeDefined();
    },
  );

  it.each(['/', '/a', '/a..b/..c', '/a b/ü'])('can be used as %j', (good) => {
    expect(pathFault(good)).toBeUndefined();
  });

  it.each([
    '/',
    '//',
    '/dev',
    '/proc',
    '/proc/1',
    '/sys/x',
    '/.orrery',
    '/.orrery/run',
    '/dev/termination-log',
    '/etc/hosts',
    '/etc/hosts/x',
    '/etc/resolv.conf',
    '/etc/hostname',
  ])('cannot hold files of a task at %s', (bad) => {
    expect(placeFault(bad)).toBeDefined();
  });

  it.each(['/dev/shm', '/process', '/.orreryx', '/work', '/etc/x', '/etc/hosts.d'])(
    'can hold files of a task at %s',
    (good) => {
      expect(placeFault(good)).toBeUndefined();
    },
  );
});
