import { describe, expect, it } from '@jest/globals';

import { decide } from '../../../src/tes/retry.ts';
import {
  badTask,
  canceled,
  deadline,
  executorFailure,
  infrastructure,
  success,
  unproven,
} from '../../../src/tes/verdicts.ts';

const POLICY = { maxAttempts: 3, backoffMs: 1000 };
const FINDING = { code: 'X', message: 'It broke.' };

describe('decide', () => {
  it.each([
    ['COMPLETE', success()],
    ['EXECUTOR_ERROR', executorFailure(FINDING)],
    ['SYSTEM_ERROR', badTask(FINDING)],
    ['SYSTEM_ERROR', deadline(FINDING)],
    ['SYSTEM_ERROR', unproven({ pod: 'p', node: 'n' })],
    ['CANCELED', canceled()],
  ] as const)('ends with %s at once when another attempt cannot help', (state, verdict) => {
    expect(decide(verdict, 1, POLICY)).toEqual({ kind: 'end', state, reason: verdict.message });
  });

  it('tries infrastructure failures again, with a pause that doubles', () => {
    const verdict = infrastructure(FINDING);
    expect(decide(verdict, 1, POLICY)).toEqual({ kind: 'next', backoffMs: 1000 });
    expect(decide(verdict, 2, POLICY)).toEqual({ kind: 'next', backoffMs: 2000 });
  });

  it('ends after the last attempt and says which it was', () => {
    expect(decide(infrastructure(FINDING), 3, POLICY)).toEqual({
      kind: 'end',
      state: 'SYSTEM_ERROR',
      reason: 'It broke. This was attempt 3 of 3.',
    });
  });

  it('never pauses longer than five minutes', () => {
    expect(decide(infrastructure(FINDING), 90, { maxAttempts: 100, backoffMs: 1000 })).toEqual({
      kind: 'next',
      backoffMs: 300_000,
    });
  });

  it('ends PREEMPTED and does not try a task again that has no retries', () => {
    const preempted = { ...infrastructure(FINDING), state: 'PREEMPTED' } as const;
    expect(decide(preempted, 1, POLICY)).toMatchObject({ kind: 'end', state: 'PREEMPTED' });
    expect(decide(infrastructure(FINDING), 1, { ...POLICY, maxAttempts: 1 })).toEqual({
      kind: 'end',
      state: 'SYSTEM_ERROR',
      reason: 'It broke.',
    });
  });
});
