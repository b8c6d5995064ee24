/** Bodies as only a fuzzer sends them: texts that break things, wild values at every place, bytes that are no JSON. */
import fc from 'fast-check';

import { validBody } from './task-bodies.ts';

/** Any text, lone surrogates, NUL and control characters included. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.constantFrom(
    ...[
      '\0',
      'a\0b',
      '\ud800',
      'x\udfff',
      '\u2028',
      '\ufeff',
      '\u202e',
      '💫',
      '%00',
      '%_\\',
      '${x}',
    ],
    ...['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'then', 'toJSON'],
    ...[
      "'; drop table tasks; --",
      '../../etc/passwd',
      '/',
      '//',
      '/proc/self',
      'file:///',
      's3://',
    ],
    ...['null', 'NaN', '-0', '1e999', '\n', ' '],
  ),
);

/** Numbers as JSON text: JavaScript itself would never write some of these. */
const numberText = fc.constantFrom(
  ...['0', '-0', '1e999', '-1e999', '1e-400', '9007199254740993', '123456789012345678901234567890'],
  ...['0.1', '2147483648', '-1', '1E+2', '5e-324', '1.7976931348623157e308'],
);

const MARK = 'a number goes here';

const wildValue = fc.oneof(
  { weight: 3, arbitrary: anyText },
  { weight: 2, arbitrary: fc.constant(MARK) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(null, true, [], {}, [[]], [null], '') },
);

/** Valid bodies in which one place, or a few, holds a wild value; as JSON text. */
export const wildBody: fc.Arbitrary<string> = fc
  .tuple(
    validBody,
    fc.array(fc.tuple(fc.nat(), wildValue), { minLength: 1, maxLength: 3 }),
    numberText,
  )
  .map(([body, changes, number]) => {
    const changed = changes.reduce<unknown>(
      (value, [at, wild]) => withChange(value, at, wild),
      body,
    );
    return JSON.stringify(changed).replaceAll(JSON.stringify(MARK), number);
  });

/** Bytes that are no task document, whatever they look like. */
export const brokenBody: fc.Arbitrary<string | Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc
    .string({ unit: 'binary', maxLength: 200 })
    .map((text) => `{"executors":[${text.toWellFormed()}`),
  fc.tuple(validBody, fc.nat()).map(([body, at]) => cut(Buffer.from(JSON.stringify(body)), at)),
  validBody.map((body) => Buffer.from(JSON.stringify(body), 'utf16le')),
  fc.integer({ min: 65, max: 5000 }).map((depth) => '[{"a":'.repeat(depth)),
  fc.integer({ min: 65, max: 5000 }).map((depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`),
  fc.constantFrom(
    '{"__proto__":{}}',
    '{"executors":[],"executors":{}}',
    '\ufeff',
    '',
    ' ',
    '[]',
    '-',
  ),
);

/** At least one byte is missing at the end. */
function cut(bytes: Buffer, at: number): Buffer {
  return bytes.subarray(0, at % bytes.length);
}

/** The value with the `at`-th of its places, counted over and over, replaced. */
function withChange(value: unknown, at: number, wild: unknown): unknown {
  const places = countPlaces(value);
  return places === 0 ? wild : replaceAt(value, at % places, wild);
}

function countPlaces(value: unknown): number {
  return membersOf(value).reduce((total, [, member]) => total + 1 + countPlaces(member), 0);
}

function replaceAt(value: unknown, at: number, wild: unknown): unknown {
  let left = at;
  const members = membersOf(value).map(([key, member]): [string, unknown] => {
    const size = 1 + countPlaces(member);
    const here = left;
    left -= size;
    if (here === 0) return [key, wild];
    return [key, here > 0 && here < size ? replaceAt(member, here - 1, wild) : member];
  });
  return Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members);
}

function membersOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
