import { describe, expect, it } from '@jest/globals';

import { isLoopback } from '../../../src/auth/loopback.ts';

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1', '0:0:0:0:0:0:0:1'])(
    'takes %s for this machine',
    (address) => {
      expect(isLoopback(address)).toBe(true);
    },
  );

  it.each([
    '10.0.0.1',
    '128.0.0.1',
    '::ffff:10.0.0.1',
    'fe80::1',
    '0.0.0.0',
    '::',
    'localhost',
    '',
  ])('does not take %s for this machine', (address) => {
    expect(isLoopback(address)).toBe(false);
  });
});
