import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { decodePageToken, encodePageToken } from '../../../src/tes/page-token.ts';

const cursor = fc.record(
  {
    createdAt: fc
      .tuple(
        fc.date({
          min: new Date('2000-01-01'),
          max: new Date('2999-12-31T23:59:59.999Z'),
          noInvalidDate: true,
        }),
        fc.integer({ min: 0, max: 999 }),
      )
      .map(([date, micros]) => date.toISOString().replace('Z', `${micros}Z`.padStart(4, '0'))),
    id: fc.uuid(),
  },
  { noNullPrototype: true },
);

const raw = (text: string) => Buffer.from(text).toString('base64url');

describe('page tokens', () => {
  it('lead back to the same place', () => {
    fc.assert(
      fc.property(cursor, (place) => {
        expect(decodePageToken(encodePageToken(place))).toStrictEqual(place);
      }),
    );
  });

  it('hold nothing that a URL would have to encode', () => {
    fc.assert(
      fc.property(cursor, (place) => {
        expect(encodePageToken(place)).toMatch(/^[A-Za-z0-9_-]+$/);
      }),
    );
  });

  it('are refused when a single character was changed, unless they are another token', () => {
    fc.assert(
      fc.property(cursor, fc.nat(), fc.base64String({ minLength: 1 }), (place, at, other) => {
        const token = encodePageToken(place);
        const index = at % token.length;
        const changed = `${token.slice(0, index)}${other.charAt(0)}${token.slice(index + 1)}`;
        const decoded = decodedOrUndefined(changed);

        expect(decoded === undefined || encodePageToken(decoded) === changed).toBe(true);
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['plain text', 'None'],
    ['padding', `${raw('x')}==`],
    [
      'a time without microseconds',
      raw('2026-11-21T10:00:00Z 019aa000-0000-7000-8000-000000000001'),
    ],
    [
      'a day that does not exist',
      raw('2026-02-31T10:00:00.000000Z 019aa000-0000-7000-8000-000000000001'),
    ],
    [
      'a year that Postgres refuses',
      raw('0000-01-01T10:00:00.000000Z 019aa000-0000-7000-8000-000000000001'),
    ],
    ['an id that is no UUID', raw('2026-11-21T10:00:00.000000Z 1')],
    [
      'more than two parts',
      raw('2026-11-21T10:00:00.000000Z 019aa000-0000-7000-8000-000000000001 x'),
    ],
  ])('are refused when they are %s', (_, token) => {
    expect(() => decodePageToken(token)).toThrow(/page_token is not one of ours/);
  });
});

function decodedOrUndefined(token: string) {
  try {
    return decodePageToken(token);
  } catch {
    return undefined;
  }
}
