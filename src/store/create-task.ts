/** Storing a new task. */
import type { Pool } from './pool.ts';
import type { NewTask } from './ports.ts';
import { toStorable, toStorableTags } from './text.ts';

/** One statement is one transaction and one round trip; its name lets Postgres plan it once a connection. */
const INSERT = {
  name: 'create-task',
  text: `
    with task as (
      insert into tasks (id, owner, group_name, name, tags, last_event)
      values ($1, $2, $3, $4, $5, 1)
      returning id, created_at
    ), document as (
      insert into task_documents (task_id, document, warnings) select id, $6, $7 from task
    ), dispatch as (
      insert into outbox (task_id) select id from task
    )
    insert into task_events (task_id, number, at, to_state, reason, actor)
    select id, 1, created_at, 'QUEUED', 'The task was accepted.', 'api' from task
  `,
};

/** Stores a task, its document, its outbox row and its first event in one transaction. */
export async function createTask(pool: Pick<Pool, 'query'>, task: NewTask): Promise<void> {
  const { name, tags } = task.document;
  const values = [
    task.id,
    toStorable(task.owner),
    toStorable(task.group),
    name === undefined ? null : toStorable(name),
    JSON.stringify(toStorableTags(tags ?? {})),
    JSON.stringify(task.document),
    JSON.stringify(task.warnings),
  ];
  await pool.query({ ...INSERT, values });
}
