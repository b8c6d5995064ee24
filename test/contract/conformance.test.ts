import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');

interface Row {
  readonly number: string;
  readonly proofs: readonly { readonly file: string; readonly title: string }[];
}

/** The rows of the table; one that says `not yet` has no proofs. */
function readRows(): Row[] {
  const page = readFileSync(join(ROOT, 'docs/conformance.md'), 'utf8');
  return Array.from(
    page.matchAll(/^\| (\d+[ab]?) \| .+ \| (.+) \|$/gm),
    ([, number = '', cell]) => ({
      number,
      proofs: cell === 'not yet' ? [] : (cell ?? '').split('<br>').map(readProof),
    }),
  );
}

function readProof(text: string): { file: string; title: string } {
  const [, file, title] = /^`([^`]+)`: (.+)$/.exec(text) ?? [];
  if (file === undefined || title === undefined) throw new Error(`this names no test: ${text}`);
  return { file, title };
}

/** True when a file has a test of exactly this title, in whatever quotes, or of this name in Go. */
function hasTest(file: string, title: string): boolean {
  const path = join(ROOT, file);
  if (!existsSync(path)) return false;
  const source = readFileSync(path, 'utf8');
  if (file.endsWith('_test.go')) return source.includes(`func ${title}(t *testing.T)`);
  return ["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote},`));
}

const rows = readRows();
const proofs = rows.flatMap((row) => row.proofs);

describe('docs/conformance.md', () => {
  it('has a row for each of the thirty behaviours', () => {
    const numbers = new Set(rows.map(({ number }) => Number.parseInt(number, 10)));

    expect([...numbers]).toStrictEqual(Array.from({ length: 30 }, (_, index) => index + 1));
  });

  it.each(proofs)('names a test that exists: $file $title', ({ file, title }) => {
    expect(hasTest(file, title)).toBe(true);
  });

  it('would notice a test that does not exist', () => {
    expect(hasTest('test/contract/conformance.test.ts', 'is not there')).toBe(false);
    expect(hasTest('test/contract/nothing.test.ts', 'is not there')).toBe(false);
  });
});
