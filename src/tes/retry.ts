/** Whether a settled attempt ends its task or another one follows. */
import type { FinalState } from './state.ts';
import type { Verdict } from './verdict.ts';

/** How often a task is tried: one attempt means that retries are off. The first pause is in milliseconds. */
export interface RetryPolicy {
  readonly maxAttempts: number;
  readonly backoffMs: number;
}

/** The task's end with its reason, or the pause before the next attempt. */
export type Decision =
  | { readonly kind: 'end'; readonly state: FinalState; readonly reason: string }
  | { readonly kind: 'next'; readonly backoffMs: number };

const MAX_BACKOFF_MS = 5 * 60_000;

/**
 * Only infrastructure failures are tried again, with a pause that doubles up to five minutes. PREEMPTED is a
 * verdict of tasks without retries and so always an end.
 */
export function decide(verdict: Verdict, attemptNumber: number, policy: RetryPolicy): Decision {
  const { state, message } = verdict;
  if (!verdict.retryable || state === 'PREEMPTED') return { kind: 'end', state, reason: message };
  if (attemptNumber < policy.maxAttempts) {
    return {
      kind: 'next',
      backoffMs: Math.min(MAX_BACKOFF_MS, policy.backoffMs * 2 ** (attemptNumber - 1)),
    };
  }
  const tries =
    policy.maxAttempts > 1 ? ` This was attempt ${attemptNumber} of ${policy.maxAttempts}.` : '';
  return { kind: 'end', state, reason: `${message}${tries}` };
}
