/** The limits every task lives by, from the configuration. */
import { timeoutsOf } from '../src/tes/backend-parameters.ts';
import type { LookRules } from '../src/tes/next-look.ts';
import type { RetryPolicy } from '../src/tes/retry.ts';
import type { TaskDocument } from '../src/tes/task.ts';

/** Limits of one look at a pod, and how often a task is tried. */
export interface AttemptRules extends LookRules {
  readonly retry: RetryPolicy;
  /** Memory of an executor whose task asks for none, in gigabytes of 10^9 bytes. */
  readonly defaultRamGb: number;
  /** Disk of a task that asks for none, in gigabytes of 10^9 bytes. */
  readonly defaultDiskGb: number;
}

/** The rules of one task: its own timeouts are its deadlines. */
export function rulesOf(document: TaskDocument, rules: AttemptRules): AttemptRules {
  return { ...rules, deadlines: timeoutsOf(document, rules.deadlines) };
}
