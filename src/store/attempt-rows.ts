/** Rows of attempts and tasks as the activities know them. */
import type { Selectable } from 'kysely';

import type { AttemptsTable, Database, TaskDocumentsTable, TasksTable } from './database.ts';
import type { Attempt, TaskFacts } from './ports.ts';

type Present<T> = { [Key in keyof T]?: Exclude<T[Key], null> };
type AttemptRow = Omit<Selectable<AttemptsTable>, 'log' | 'owner' | 'inline_bytes'>;
type FactsRow = Pick<
  Selectable<TasksTable>,
  'id' | 'state' | 'created_at' | 'cancel_asked_at' | 'waiting'
> &
  Pick<Selectable<TaskDocumentsTable>, 'document' | 'warnings'>;

/** The columns of an attempt without its log, which only views need. */
const ATTEMPT_COLUMNS = [
  'task_id',
  'number',
  'opened_at',
  'pod_uid',
  'node_name',
  'node_uid',
  'intent',
  'settled_at',
  'proven_dead_at',
  'verdict',
  'oom_killed',
] as const;

/** An attempt as its row says; what is null there is absent here. */
export function toAttempt(row: AttemptRow): Attempt {
  return {
    taskId: row.task_id,
    number: row.number,
    openedAt: row.opened_at,
    oomKilled: row.oom_killed,
    ...present({
      podUid: row.pod_uid,
      nodeName: row.node_name,
      nodeUid: row.node_uid,
      intent: row.intent,
      settledAt: row.settled_at,
      provenDeadAt: row.proven_dead_at,
      verdict: row.verdict,
    }),
  };
}

/** What an activity needs to know of a task; undefined when there is no such task. */
export async function findFacts(db: Database, taskId: string): Promise<TaskFacts | undefined> {
  const row = await db
    .selectFrom('tasks')
    .innerJoin('task_documents', 'task_id', 'id')
    .select(['id', 'state', 'created_at', 'cancel_asked_at', 'waiting', 'document', 'warnings'])
    .where('id', '=', taskId)
    .executeTakeFirst();
  return row && toFacts(row);
}

/** One attempt; undefined when there is no such attempt. */
export async function findAttempt(
  db: Database,
  taskId: string,
  number: number,
): Promise<Attempt | undefined> {
  const row = await db
    .selectFrom('attempts')
    .select(ATTEMPT_COLUMNS)
    .where('task_id', '=', taskId)
    .where('number', '=', number)
    .executeTakeFirst();
  return row && toAttempt(row);
}

/** All attempts of a task, the first one first. */
export async function listAttempts(db: Database, taskId: string): Promise<readonly Attempt[]> {
  const rows = await db
    .selectFrom('attempts')
    .select(ATTEMPT_COLUMNS)
    .where('task_id', '=', taskId)
    .orderBy('number')
    .execute();
  return rows.map(toAttempt);
}

function toFacts(row: FactsRow): TaskFacts {
  return {
    id: row.id,
    state: row.state,
    createdAt: row.created_at,
    document: row.document,
    warnings: row.warnings,
    ...present({ cancelAskedAt: row.cancel_asked_at, waiting: row.waiting }),
  };
}

/** Members that are null in a row are absent in what is made of it. */
export function present<T extends object>(row: T): Present<T> {
  return Object.fromEntries(
    Object.entries(row).filter(([, value]) => value !== null),
  ) as Present<T>;
}
