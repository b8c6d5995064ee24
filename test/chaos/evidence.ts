/** Everything that proofs look at, gathered once at the end of a run. */
import type { FirstEnd } from './census.ts';
import type { Journal } from './journal.ts';
import type { PodLives } from './pod-life.ts';
import type { Submissions } from './submissions.ts';
import type { Mark } from './witness.ts';

/** One row of `task_events`. */
export interface EventRow {
  readonly number: number;
  readonly at: Date;
  readonly from_state: string | null;
  readonly to_state: string;
  readonly reason: string;
  readonly actor: string;
}

/** One row of `attempts`, as far as proofs need it. */
export interface AttemptRow {
  readonly number: number;
  readonly opened_at: Date;
  readonly settled_at: Date | null;
  readonly proven_dead_at: Date | null;
  readonly pod_uid: string | null;
  readonly node_name: string | null;
  readonly intent: { readonly kind: string } | null;
  readonly verdict: { readonly code: string; readonly message: string } | null;
}

/** One task as the database has it. */
export interface TaskRecord {
  readonly id: string;
  readonly state: string;
  readonly createdAt: Date;
  readonly lastEvent: number;
  readonly events: readonly EventRow[];
  readonly attempts: readonly AttemptRow[];
}

/** What all witnesses say. */
export interface Evidence {
  readonly submissions: Submissions;
  readonly journal: Journal;
  /** Every task in the database by id, also those that nobody knows to have been accepted. */
  readonly records: ReadonlyMap<string, TaskRecord>;
  /** What the public API answers for each accepted id. */
  readonly answers: ReadonlyMap<string, string | undefined>;
  readonly firstEnds: ReadonlyMap<string, FirstEnd>;
  /** Pods as the audit log of the API server knows them, by task id. */
  readonly lives: PodLives;
  /** What commands of real pods reported, by pod name; undefined where pods are simulated. */
  readonly marks: ReadonlyMap<string, readonly Mark[]> | undefined;
  /** Pods, Secrets, finalizers and workflows that are still there. */
  readonly leftovers: readonly Leftover[];
  readonly rules: Rules;
}

/** What is left after the end. */
export interface Leftover {
  readonly what: string;
  readonly taskId?: string;
}

/** The settings that proofs need; durations in milliseconds. */
export interface Rules {
  readonly maxAttempts: number;
  readonly queueDeadlineMs: number;
  readonly pullDeadlineMs: number;
  readonly totalDeadlineMs: number;
}

/** Something that must not be. */
export interface Violation {
  readonly kind:
    | 'not terminal'
    | 'untrue state'
    | 'two pods at once'
    | 'unrecorded pod ran'
    | 'run twice'
    | 'left over'
    | 'witness missing'
    | 'terminal state changed'
    | 'events';
  readonly text: string;
  readonly taskId?: string;
}

/** One proof: the violations it finds. */
export type Proof = (evidence: Evidence) => readonly Violation[];
