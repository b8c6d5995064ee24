import { describe, expect, it } from '@jest/globals';

import { createRetryPauses } from '../../../activities/retry-pauses.ts';

const MINUTE_MS = 60_000;
const LATE = 30;

/** Pauses at their longest, at a time that the test sets. */
function atLongest() {
  const clock = { now: 0 };
  const pauses = createRetryPauses({ now: () => clock.now, random: () => 1 });
  return { clock, pauses };
}

/** The longest pause of the last of so many steps that fail together. */
function longestAmong(count: number): number {
  const { pauses } = atLongest();
  const all = Array.from({ length: count }, (_, index) => pauses.after(`step ${index}`, LATE));
  return all.at(-1) ?? 0;
}

describe('the pause after a failure', () => {
  it('doubles from a quarter of a second', () => {
    const { pauses } = atLongest();
    expect([1, 2, 3].map((tries) => pauses.after('a', tries))).toEqual([250, 500, 1_000]);
  });

  it('is never longer than 15 s while few fail, so that they go on soon after an outage', () => {
    expect(longestAmong(1)).toBe(15_000);
    expect(longestAmong(60)).toBe(15_000);
  });

  it('grows with their number to eight tries a second, but not beyond five minutes', () => {
    expect(longestAmong(600)).toBe(150_000);
    expect(longestAmong(10_000)).toBe(5 * MINUTE_MS);
  });

  it('lies anywhere below that, and is never nothing', () => {
    const now = () => 0;
    expect(createRetryPauses({ now, random: () => 0.5 }).after('a', LATE)).toBe(7_500);
    expect(createRetryPauses({ now, random: () => 0 }).after('a', 1)).toBeGreaterThan(0);
  });

  it('counts each step once, and none that has passed', () => {
    const { pauses } = atLongest();
    for (let n = 0; n < 1_000; n += 1) pauses.after('the same', LATE);
    expect(pauses.after('the same', LATE)).toBe(15_000);
    for (let n = 0; n < 1_000; n += 1) pauses.after(`step ${n}`, LATE);
    for (let n = 0; n < 1_000; n += 1) pauses.passed(`step ${n}`);
    expect(pauses.after('the same', LATE)).toBe(15_000);
  });

  it('forgets steps that went on in another worker', () => {
    const { clock, pauses } = atLongest();
    for (let n = 0; n < 1_000; n += 1) pauses.after(`step ${n}`, LATE);
    clock.now += 10 * MINUTE_MS;
    expect(pauses.after('a', LATE)).toBe(15_000);
  });
});
