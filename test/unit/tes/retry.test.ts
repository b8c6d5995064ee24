import { describe, expect, it } from '@jest/globals';

import { endVerdict, verdictOf } from '../../../src/tes/end-verdict.ts';
import { decide } from '../../../src/tes/retry.ts';

const POLICY = { maxAttempts: 3, backoffMs: 1000 };
const BROKEN = verdictOf('infrastructure', { code: 'X', message: 'It broke.' });

describe('decide', () => {
  it.each([
    ['COMPLETE', endVerdict('complete')],
    ['EXECUTOR_ERROR', endVerdict('exitCode')],
    ['SYSTEM_ERROR', endVerdict('podRefused')],
    ['SYSTEM_ERROR', endVerdict('totalDeadline')],
    ['SYSTEM_ERROR', endVerdict('unproven')],
    ['CANCELED', endVerdict('canceled')],
  ] as const)('ends with %s at once when another attempt cannot help', (state, verdict) => {
    expect(decide(verdict, 1, POLICY)).toEqual({ kind: 'end', state, reason: verdict.message });
  });

  it('tries infrastructure failures again, with a pause that doubles', () => {
    expect(decide(BROKEN, 1, POLICY)).toEqual({ kind: 'next', backoffMs: 1000 });
    expect(decide(BROKEN, 2, POLICY)).toEqual({ kind: 'next', backoffMs: 2000 });
  });

  it('ends after the last attempt and says which it was', () => {
    expect(decide(BROKEN, 3, POLICY)).toEqual({
      kind: 'end',
      state: 'SYSTEM_ERROR',
      reason: 'It broke. This was attempt 3 of 3.',
    });
  });

  it('never pauses longer than five minutes', () => {
    expect(decide(BROKEN, 90, { maxAttempts: 100, backoffMs: 1000 })).toEqual({
      kind: 'next',
      backoffMs: 300_000,
    });
  });

  it('ends PREEMPTED and does not try a task again that has no retries', () => {
    const preempted = { ...BROKEN, state: 'PREEMPTED' } as const;
    expect(decide(preempted, 1, POLICY)).toMatchObject({ kind: 'end', state: 'PREEMPTED' });
    expect(decide(BROKEN, 1, { ...POLICY, maxAttempts: 1 })).toEqual({
      kind: 'end',
      state: 'SYSTEM_ERROR',
      reason: 'It broke.',
    });
  });
});
