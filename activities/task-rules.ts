/** The limits every task lives by, from the configuration. */
import type { DeadlineLimits } from '../src/tes/deadlines.ts';
import type { RetryPolicy } from '../src/tes/retry.ts';

/** Durations in milliseconds. */
export interface TaskRules {
  readonly deadlines: DeadlineLimits;
  readonly retry: RetryPolicy;
  /** How long trouble that may heal, such as a failing image pull, is watched within one attempt. */
  readonly patienceMs: number;
  /** How long a pod whose death cannot be proven is waited for. */
  readonly nodeLostMs: number;
  readonly graceMs: number;
}
