/** The ports of Postgres for collector and administrator: rows against pods, debts, identities. */
import type { AttemptRef } from '../tes/attempt.ts';
import type { TaskState } from '../tes/state.ts';

/** What the rows say of the task and attempt that a pod names. */
export interface RowSight {
  /** Absent when there is no such task. */
  readonly state?: TaskState;
  /** How many attempts of the task were opened so far. */
  readonly attempts?: number;
  /** Absent when there is no such attempt. */
  readonly attempt?: SightedAttempt;
}

/** An attempt as far as it decides what becomes of a pod. */
export interface SightedAttempt {
  readonly podUid?: string;
  readonly nodeName?: string;
  readonly nodeUid?: string;
  /** `just-settled`: within the last minute, so that whoever settled it may still be cleaning up. */
  readonly stage: 'open' | 'just-settled' | 'settled';
  readonly provenDead: boolean;
}

/** A debt: an attempt that was settled, at least a minute ago, without proof that its pod is dead. */
export interface Debt extends AttemptRef {
  readonly podUid: string;
  readonly nodeName?: string;
  readonly nodeUid?: string;
}

/** Rows as the collector compares them. */
export interface CollectorStore {
  /** What the rows say of each attempt, in the given order, by one statement. */
  sight(attempts: readonly AttemptRef[]): Promise<readonly RowSight[]>;
  /** Debts by task id and number, after `after`; at most `limit`. */
  listDebts(after: AttemptRef | undefined, limit: number): Promise<readonly Debt[]>;
  /** Open tasks that Temporal was told of, by id, after `after`; at most `limit`. */
  listDispatched(after: string | undefined, limit: number): Promise<readonly string[]>;
  /** How many tasks are open. */
  countOpen(): Promise<number>;
}

/** Which engines an installation belongs to; absent until the first start met them. */
export interface Identities {
  readonly temporalNamespace?: string;
  readonly taskNamespace?: string;
}

/** A decision of the administrator; `by` says who it was and `reason` is a sentence for the task's log. */
export interface Decision {
  readonly by: string;
  readonly reason: string;
}

/** What only an administrator does. */
export interface AdministrationStore {
  identities(): Promise<Identities>;
  /**
   * Ties the installation to other engines; false, and nothing done, while a pod of an open attempt is recorded.
   * With another cluster the Nodes of debts stop being proof: there, names and absences mean nothing.
   */
  rebind(to: Required<Identities>): Promise<boolean>;
  /**
   * Closes an open attempt without proof of death and ends its task SYSTEM_ERROR, or CANCELED when that was asked.
   * An attempt that is settled already stays as it is.
   */
  makeDebt(attempt: AttemptRef, decision: Decision): Promise<void>;
  /** Counts the task's debts as dead and returns them; `undefined` when there is no such task. */
  writeOff(taskId: string, decision: Decision): Promise<readonly Debt[] | undefined>;
  /** How many debts there are. */
  countDebts(): Promise<number>;
}
