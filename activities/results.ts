/** What the activities answer the workflow: ids, classes and durations, never a document. Durations in milliseconds. */
import type { PodClass } from '../src/tes/observation.ts';
import type { FinalState } from '../src/tes/state.ts';
import type { Intent } from '../src/tes/verdict.ts';

/** The answer of `ensurePod`. */
export type EnsureResult =
  | { readonly kind: 'ready'; readonly number: number; readonly wakeInMs: number }
  | { readonly kind: 'remove'; readonly number: number }
  | { readonly kind: 'unproven'; readonly wakeInMs: number }
  | { readonly kind: 'final'; readonly state: FinalState; readonly number?: number };

/**
 * The answer of `settleAttempt`: wait on, delete the pod first, try again, or done. `reason` is the code of the
 * verdict. Histories of older versions lack `node` and `reason`.
 */
export type SettleResult =
  | {
      readonly kind: 'wait';
      readonly seen: PodClass;
      readonly wakeInMs: number;
      /** Since when looks have not found the pod any more (epoch milliseconds). */
      readonly goneSince?: number;
      /** Where the pod is, for people. */
      readonly node?: string;
    }
  | { readonly kind: 'delete'; readonly intent: Intent }
  | { readonly kind: 'next'; readonly backoffMs: number; readonly reason?: string }
  | { readonly kind: 'done'; readonly state: FinalState; readonly reason?: string };

/** One attempt as the workflow names it. */
export interface AttemptInput {
  readonly taskId: string;
  readonly number: number;
}
