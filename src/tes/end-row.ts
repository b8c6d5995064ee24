/** A row of the table of ends. */
import type { VerdictClass } from './verdict.ts';

/** One way. A code that stands in several rows means the same class in each. */
export interface EndRow {
  /** The stable code of the verdict. */
  readonly code: string;
  readonly class: VerdictClass;
  /** Infrastructure that is not tried again, because the work may have been done, or may still run. */
  readonly final?: true;
  /** The system took the capacity back: PREEMPTED for those who asked for that. */
  readonly takesCapacity?: true;
  /** How it shows in Kubernetes or in the records of the stages, for operators. */
  readonly shows: string;
  /**
   * The sentence. `{name}` stands for a fact, `[…]` is left out when a fact in it is unknown, and `{said}` ends the
   * sentence with the words of Kubernetes, if there are any.
   */
  readonly says: string;
}
