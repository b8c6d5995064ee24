/** Creating a task once, however often its request is sent. */
import { sql } from 'kysely';

import { createTask } from './create-task.ts';
import type { Database } from './database.ts';
import type { Pool } from './pool.ts';
import type { CreatedOnce, IdempotencyKey, NewTask } from './ports.ts';
import { toStorable } from './text.ts';

type Queryable = Pick<Pool, 'query'>;

/** How long a key is remembered at least; an older one counts as new. */
const KEPT = "interval '24 hours'";

/** Takes a key that is new or forgotten. Of two at once the second waits here for the first one's commit. */
const TAKE = {
  name: 'take-idempotency-key',
  text: `
    insert into idempotency_keys as known (owner, key, body_hash, task_id)
    values ($1, $2, decode($3, 'hex'), $4)
    on conflict (owner, key) do update
      set body_hash = excluded.body_hash, task_id = excluded.task_id, created_at = now()
      where known.created_at < now() - ${KEPT}
    returning task_id
  `,
};

const FIND = {
  name: 'find-idempotency-key',
  text: `
    select task_id, body_hash = decode($3, 'hex') as same
    from idempotency_keys where owner = $1 and key = $2
  `,
};

/** Takes the key and stores the task in one transaction, or tells which task has the key already. */
export async function createTaskOnce(
  pool: Pool,
  task: NewTask,
  key: IdempotencyKey,
): Promise<CreatedOnce> {
  const names = [toStorable(task.owner), key.key, key.bodyHash];
  const created = await inTransaction(pool, async (client) => {
    const taken = await client.query({ ...TAKE, values: [...names, task.id] });
    if (taken.rowCount === 0) return false;
    await createTask(client, task);
    return true;
  });
  if (created) return { kind: 'created', id: task.id };
  const { rows } = await pool.query<{ task_id: string; same: boolean }>({ ...FIND, values: names });
  const [known] = rows;
  // Forgotten between the two statements, so it is free now.
  if (known === undefined) return createTaskOnce(pool, task, key);
  return known.same ? { kind: 'repeated', id: known.task_id } : { kind: 'other-body' };
}

/** Deletes up to `limit` keys that need not be remembered any longer, the oldest first, and says how many. */
export async function pruneIdempotencyKeys(db: Database, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from idempotency_keys where (owner, key) in (
      select owner, key from idempotency_keys where created_at < now() - ${sql.raw(KEPT)}
      order by created_at limit ${limit} for update skip locked
    )
  `.execute(db);
  return Number(numAffectedRows);
}

async function inTransaction<Result>(
  pool: Pool,
  use: (client: Queryable) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await use(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: unknown) => {
      // A connection that cannot even roll back is closed instead of being used again.
      broken = failure as Error;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
