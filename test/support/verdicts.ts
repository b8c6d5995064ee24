/** Tables of verdicts: one title, some evidence, the code and the sentence it must lead to. */
/* eslint-disable jest/no-export -- tables that several test files share */
import { expect, it } from '@jest/globals';

import { classify } from '../../src/tes/classification.ts';
import type { Evidence } from '../../src/tes/evidence.ts';
import type { Verdict } from '../../src/tes/verdict.ts';

type Row = readonly [title: string, given: Evidence, code: string, message: RegExp];

/** One test a row; what all rows share of the verdict is said once. */
export function expectVerdicts(
  rows: readonly Row[],
  shared: Pick<Verdict, 'class' | 'state' | 'retryable'>,
): void {
  it.each(rows)('%s', (_, given, code, message) => {
    const { message: sentence, ...verdict } = classify(given);
    expect(verdict).toEqual({ ...shared, code });
    expect(sentence).toMatch(message);
  });
}
