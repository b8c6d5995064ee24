/** What many measurements come to. */

/** `p95` and `p99`: as good as this or better were 95 and 99 of 100 measurements. */
export interface Summary {
  readonly count: number;
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
}

/** Times are better when they are low, rates when they are high. Throws without any measurement. */
export function summarize(values: readonly number[], better: 'low' | 'high' = 'low'): Summary {
  const sorted = values.toSorted((a, b) => (better === 'low' ? a - b : b - a));
  const rank = (share: number): number => {
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    if (value === undefined) throw new Error('nothing was measured');
    return value;
  };
  return { count: sorted.length, median: rank(0.5), p95: rank(0.95), p99: rank(0.99) };
}
