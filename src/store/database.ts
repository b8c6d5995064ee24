/** The rows of Postgres as types; `migrations/` has the tables themselves. */
import type { ColumnType, Generated, Kysely, Transaction } from 'kysely';

import type { TaskState } from '../tes/state.ts';
import type { TaskDocument, TaskLog } from '../tes/task.ts';
import type { Intent, Verdict } from '../tes/verdict.ts';

/** Written as JSON text, read back parsed. */
type Json<T> = ColumnType<T, string, string>;
type OptionalJson<T> = ColumnType<T | null, string | null | undefined, string | null>;
/** Times are read as Dates and always come with a default. */
type Time = ColumnType<Date, Date | undefined, Date>;
type OptionalTime = ColumnType<Date | null, Date | null | undefined, Date | null>;

/** The one row that names the installation and its engines. */
export interface InstallationTable {
  singleton: Generated<boolean>;
  id: Generated<string>;
  temporal_namespace: string | null;
  task_namespace: string | null;
  created_at: Time;
}

/** What lists and state writes touch. */
export interface TasksTable {
  id: string;
  owner: string;
  group_name: string;
  name: string | null;
  state: Generated<TaskState>;
  tags: Json<Record<string, string>>;
  created_at: Time;
  cancel_asked_at: OptionalTime;
  last_event: Generated<number>;
  attempts: Generated<number>;
  waiting: string | null;
}

/** The immutable document of a task. */
export interface TaskDocumentsTable {
  task_id: string;
  document: Json<TaskDocument>;
  warnings: Json<string[]>;
}

/** What Temporal still has to be told of a task. */
export interface OutboxTable {
  task_id: string;
  desired: Generated<'start' | 'cancel'>;
  /** What was desired when the row was claimed last. */
  claimed: 'start' | 'cancel' | null;
  claims: Generated<number>;
  claim_expires_at: OptionalTime;
  dispatched_at: OptionalTime;
  owner: Generated<string>;
  /** Bytes of a document that counts against the limit of inline bytes, else 0. */
  inline_bytes: Generated<number>;
}

/** One try of a task. */
export interface AttemptsTable {
  task_id: string;
  number: number;
  opened_at: Time;
  pod_uid: string | null;
  node_name: string | null;
  node_uid: string | null;
  intent: OptionalJson<Intent>;
  settled_at: OptionalTime;
  proven_dead_at: OptionalTime;
  verdict: OptionalJson<Verdict>;
  oom_killed: Generated<string[]>;
  log: OptionalJson<TaskLog>;
  owner: Generated<string>;
  inline_bytes: Generated<number>;
}

/** Every transition of a task. */
export interface TaskEventsTable {
  task_id: string;
  number: number;
  at: Time;
  from_state: TaskState | null;
  to_state: TaskState;
  reason: string;
  actor: string;
}

/** All tables. */
export interface Tables {
  installation: InstallationTable;
  tasks: TasksTable;
  task_documents: TaskDocumentsTable;
  outbox: OutboxTable;
  attempts: AttemptsTable;
  task_events: TaskEventsTable;
}

export type Database = Kysely<Tables>;
export type Tx = Transaction<Tables>;
