import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { createCoalesced } from '../../../src/store/coalesce.ts';

describe('createCoalesced', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('runs at the first call, once in each period while calls come, and a last time for the last call', () => {
    let runs = 0;
    const coalesced = createCoalesced(() => {
      runs += 1;
    }, 50);

    coalesced.call();
    expect(runs).toBe(1);
    for (let index = 0; index < 100; index += 1) coalesced.call();
    expect(runs).toBe(1);
    jest.advanceTimersByTime(50);
    expect(runs).toBe(2);
    jest.advanceTimersByTime(1_000);
    expect(runs).toBe(2);
    coalesced.call();
    expect(runs).toBe(3);
  });

  it('runs no more once it is stopped', () => {
    let runs = 0;
    const coalesced = createCoalesced(() => {
      runs += 1;
    }, 50);

    coalesced.call();
    coalesced.call();
    coalesced.stop();
    jest.advanceTimersByTime(1_000);

    expect(runs).toBe(1);
  });
});
