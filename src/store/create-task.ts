/** Storing new tasks. */
import { SMALL_DOCUMENT_BYTES } from '../tes/document-size.ts';
import { createBatcher } from './batcher.ts';
import { toBinaryArray } from './binary-array.ts';
import { isTransient } from './errors.ts';
import type { Pool } from './pool.ts';
import type { NewTask } from './ports.ts';
import { toStorable, toStorableTags } from './text.ts';

type Queryable = Pick<Pool, 'query'>;

/** One statement is one transaction and one round trip; its name lets Postgres plan it once a connection. */
const INSERT = {
  name: 'create-tasks',
  text: `
    with task as (
      insert into tasks (id, owner, group_name, name, tags, last_event)
      select id::uuid, owner, group_name, name, tags::jsonb, 1
      from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::json[])
        as v (id, owner, group_name, name, tags)
      returning id, created_at
    ), document as (
      insert into task_documents (task_id, document, warnings)
      select id::uuid, document, warnings
      from unnest($1::text[], $6::json[], $7::json[]) as v (id, document, warnings)
    ), dispatch as (
      insert into outbox (task_id, owner, inline_bytes)
      select id::uuid, owner, case when bytes > ${SMALL_DOCUMENT_BYTES} then bytes else 0 end
      from unnest($1::text[], $2::text[], $6::json[]) as v (id, owner, document)
      cross join lateral (select octet_length(document::text) as bytes) as measured
    )
    insert into task_events (task_id, number, at, to_state, reason, actor)
    select id, 1, created_at, 'QUEUED', 'The task was accepted.', 'api' from task
  `,
};

/** While one batch waits for its commit, the next one is written. */
const LANES = 2;
const LARGEST_BATCH = 64;

/** Stores a task, its document, its outbox row and its first event in one transaction. */
export async function createTask(pool: Queryable, task: NewTask): Promise<void> {
  await createTasks(pool, [task]);
}

/** The same for callers at once, who share commits. A task that cannot be stored fails alone. */
export function createTaskCreator(pool: Queryable): (task: NewTask) => Promise<void> {
  return createBatcher({
    run: (tasks) => createTasks(pool, tasks),
    lanes: LANES,
    limit: LARGEST_BATCH,
    // After a lost connection nobody knows whether the batch was committed.
    mayRepeat: (error) => !isTransient(error),
  });
}

async function createTasks(pool: Queryable, tasks: readonly NewTask[]): Promise<undefined[]> {
  const texts = (of: (task: NewTask) => string | null): Buffer =>
    toBinaryArray('text', tasks.map(of));
  const jsons = (of: (task: NewTask) => unknown): Buffer =>
    toBinaryArray(
      'json',
      tasks.map((task) => JSON.stringify(of(task))),
    );
  const values = [
    texts(({ id }) => id),
    texts(({ owner }) => toStorable(owner)),
    texts(({ group }) => toStorable(group)),
    texts(({ document: { name } }) => (name === undefined ? null : toStorable(name))),
    jsons(({ document: { tags } }) => toStorableTags(tags ?? {})),
    jsons(({ document }) => document),
    jsons(({ warnings }) => warnings),
  ];
  await pool.query({ ...INSERT, values });
  return tasks.map(() => undefined);
}
