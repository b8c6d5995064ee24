/** What became of an attempt: the result of classification, as stored with the attempt. */
import type { FinalState } from './state.ts';

/** The five kinds of end a caller must know. */
export type VerdictClass =
  'success' | 'executor-failure' | 'bad-task' | 'infrastructure' | 'deadline' | 'canceled';

/** Why a pod was deleted by us, recorded before the delete. */
export type Intent =
  | { readonly kind: 'cancel' }
  | {
      readonly kind: 'deadline';
      readonly deadline: DeadlineKind;
      /** What its user is told: once it is deleted, a pod does not show any more what it waited for. */
      readonly message?: string;
    }
  | {
      readonly kind: 'trouble';
      readonly code: string;
      readonly message: string;
      readonly final: boolean;
    }
  | { readonly kind: 'clean-up' };

/** The four deadlines of a task. */
export type DeadlineKind = 'queue' | 'pull' | 'run' | 'total';

/** The classification of one ended attempt. `message` is one sentence for the user. */
export interface Verdict {
  readonly class: VerdictClass;
  /** A stable code such as `OutOfMemory`, `ImagePullFailed`, `Evicted`. */
  readonly code: string;
  readonly message: string;
  /** The task's state if this attempt is its last one. */
  readonly state: FinalState;
  /** True when a new attempt may help. */
  readonly retryable: boolean;
}
