import { describe, expect, it } from '@jest/globals';

import { summarize } from '../../bench/statistics.ts';

const ONE_TO_HUNDRED = Array.from({ length: 100 }, (_, index) => 100 - index);

describe('the summary of a measure', () => {
  it('says of times what 50, 95 and 99 of 100 did not exceed', () => {
    const summary = summarize(ONE_TO_HUNDRED);

    expect(summary).toEqual({ count: 100, median: 50, p95: 95, p99: 99 });
  });

  it('says of rates what 50, 95 and 99 of 100 reached', () => {
    const summary = summarize(ONE_TO_HUNDRED, 'high');

    expect(summary).toEqual({ count: 100, median: 51, p95: 6, p99: 2 });
  });

  it('is the one measurement when there is only one', () => {
    expect(summarize([7])).toEqual({ count: 1, median: 7, p95: 7, p99: 7 });
  });

  it('cannot be made of nothing', () => {
    expect(() => summarize([])).toThrow('nothing was measured');
  });
});
