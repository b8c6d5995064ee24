/** The limits every task lives by, from the configuration. */
import type { LookRules } from '../src/tes/next-look.ts';
import type { RetryPolicy } from '../src/tes/retry.ts';

/** Limits of one look at a pod, and how often a task is tried. */
export interface AttemptRules extends LookRules {
  readonly retry: RetryPolicy;
  /** Memory of an executor whose task asks for none, in gigabytes of 10^9 bytes. */
  readonly defaultRamGb: number;
  /** Disk of a task that asks for none, in gigabytes of 10^9 bytes. */
  readonly defaultDiskGb: number;
}
