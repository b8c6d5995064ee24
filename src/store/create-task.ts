/** Storing new tasks. */
import { priorityOf } from '../tes/backend-parameters.ts';
import { SMALL_DOCUMENT_BYTES } from '../tes/document-size.ts';
import { createBatcher } from './batcher.ts';
import { toBinaryArray } from './binary-array.ts';
import { isTransient } from './errors.ts';
import type { Pool } from './pool.ts';
import type { NewTask } from './ports.ts';
import { toStorable, toStorableTags } from './text.ts';

export type Queryable = Pick<Pool, 'query'>;

/** What a statement that stores only some of the tasks adds. */
interface Choice {
  /** A common table expression that comes first, with its comma. */
  readonly first: string;
  /** The condition on `id` for a task to be stored. */
  readonly only: string;
}

/**
 * The statement that stores tasks with their documents, outbox rows and first events: one transaction, one round trip.
 * `$1` to `$8` are the arrays of {@link toColumns}.
 */
export function insertTasks({ first, only }: Choice = { first: '', only: '' }): string {
  return `
    with ${first} task as (
      insert into tasks (id, owner, group_name, name, tags, last_event)
      select id::uuid, owner, group_name, name, tags::jsonb, 1
      from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::json[])
        as v (id, owner, group_name, name, tags) ${only}
      returning id, created_at
    ), document as (
      insert into task_documents (task_id, document, warnings)
      select id::uuid, document, warnings
      from unnest($1::text[], $6::json[], $7::json[]) as v (id, document, warnings) ${only}
    ), dispatch as (
      insert into outbox (task_id, owner, priority, inline_bytes)
      select id::uuid, owner, priority::smallint,
        case when bytes > ${SMALL_DOCUMENT_BYTES} then bytes else 0 end
      from unnest($1::text[], $2::text[], $6::json[], $8::text[]) as v (id, owner, document, priority)
      cross join lateral (select octet_length(document::text) as bytes) as measured ${only}
    )
    insert into task_events (task_id, number, at, to_state, reason, actor)
    select id, 1, created_at, 'QUEUED', 'The task was accepted.', 'api' from task
    returning task_id
  `;
}

/** Its name lets Postgres plan it once a connection. */
const INSERT = { name: 'create-tasks', text: insertTasks() };

/** While one batch waits for its commit, the next one is written. */
const LANES = 2;
const LARGEST_BATCH = 64;

/** Creators at once share commits. A task that cannot be stored fails alone. */
export const SHARED_COMMITS = {
  lanes: LANES,
  limit: LARGEST_BATCH,
  // After a lost connection nobody knows whether the batch was committed.
  mayRepeat: (error: unknown): boolean => !isTransient(error),
};

/** Stores a task, its document, its outbox row and its first event in one transaction. */
export function createTaskCreator(pool: Queryable): (task: NewTask) => Promise<void> {
  return createBatcher({
    ...SHARED_COMMITS,
    run: async (tasks) => {
      await pool.query({ ...INSERT, values: toColumns(tasks) });
      return tasks.map(() => undefined);
    },
  });
}

/** The tasks as the arrays that the statement takes. */
export function toColumns(tasks: readonly NewTask[]): Buffer[] {
  const texts = (of: (task: NewTask) => string | null): Buffer =>
    toBinaryArray('text', tasks.map(of));
  const jsons = (of: (task: NewTask) => unknown): Buffer =>
    toBinaryArray(
      'json',
      tasks.map((task) => JSON.stringify(of(task))),
    );
  return [
    texts(({ id }) => id),
    texts(({ owner }) => toStorable(owner)),
    texts(({ group }) => toStorable(group)),
    texts(({ document: { name } }) => (name === undefined ? null : toStorable(name))),
    jsons(({ document: { tags } }) => toStorableTags(tags ?? {})),
    jsons(({ document }) => document),
    jsons(({ warnings }) => warnings),
    texts(({ document }) => String(priorityOf(document))),
  ];
}
