import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { ERROR_CODES } from '../../src/errors/codes.ts';
import { describeErrors } from '../../src/errors/describe.ts';

const entries = Object.entries(ERROR_CODES);

describe('docs/errors.md', () => {
  it('is what src/errors/codes.ts says; `npm run --silent errors:dump > docs/errors.md` writes it', () => {
    const page = new URL('../../docs/errors.md', import.meta.url);

    expect(readFileSync(page, 'utf8')).toBe(describeErrors());
  });

  it.each(entries)('says of %s what it means and what to do, in sentences', (code, entry) => {
    expect(code).toMatch(/^[A-Z][A-Za-z]+$/);
    expect(entry.meaning).toMatch(/^[A-Z].*\.$/);
    expect(entry.remedy).toMatch(/^[A-Z].*\.$/);
  });

  it('names the codes in the order of their statuses', () => {
    const statuses = entries.map(([, { status }]) => status);

    expect(statuses).toStrictEqual(statuses.toSorted((a, b) => a - b));
  });
});
