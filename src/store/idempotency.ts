/** Creating a task once, however often its request is sent. */
import { sql } from 'kysely';

import { createBatcher } from './batcher.ts';
import { toBinaryArray } from './binary-array.ts';
import { insertTasks, type Queryable, SHARED_COMMITS, toColumns } from './create-task.ts';
import type { Database } from './database.ts';
import type { CreatedOnce, IdempotencyKey, NewTask } from './ports.ts';
import { toStorable } from './text.ts';

/** How long a key is remembered at least; an older one counts as new. */
const KEPT = "interval '24 hours'";

/**
 * Takes the keys that are new or forgotten, in one order for all so that no two wait for each other, and stores their
 * tasks. Of two at once the second waits here for the first one's commit.
 */
const CREATE = {
  name: 'create-tasks-once',
  text: insertTasks({
    first: `taken as (
      insert into idempotency_keys as known (owner, key, body_hash, task_id)
      select owner, key, decode(hash, 'hex'), id::uuid
      from unnest($1::text[], $2::text[], $9::text[], $10::text[]) as v (id, owner, key, hash)
      order by owner, key
      on conflict (owner, key) do update
        set body_hash = excluded.body_hash, task_id = excluded.task_id, created_at = now()
        where known.created_at < now() - ${KEPT}
      returning task_id
    ),`,
    only: 'where id::uuid in (select task_id from taken)',
  }),
};

const FIND = {
  name: 'find-idempotency-key',
  text: `
    select task_id, body_hash = decode($3, 'hex') as same
    from idempotency_keys where owner = $1 and key = $2
  `,
};

interface Asked {
  readonly task: NewTask;
  readonly key: IdempotencyKey;
}

/** Takes the key and stores the task in one transaction, or tells which task has the key already. */
export function createOnceCreator(
  pool: Queryable,
): (task: NewTask, key: IdempotencyKey) => Promise<CreatedOnce> {
  const create = createBatcher<Asked, boolean>({
    ...SHARED_COMMITS,
    run: (asked) => createAll(pool, asked),
  });

  return async function createOnce(task, key): Promise<CreatedOnce> {
    if (await create({ task, key })) return { kind: 'created', id: task.id };
    const { rows } = await pool.query<{ task_id: string; same: boolean }>({
      ...FIND,
      values: [toStorable(task.owner), key.key, key.bodyHash],
    });
    const [known] = rows;
    // Forgotten between the two statements, so it is free now.
    if (known === undefined) return createOnce(task, key);
    return known.same ? { kind: 'repeated', id: known.task_id } : { kind: 'other-body' };
  };
}

/** Which of the tasks were stored. A key that comes twice makes all fail, and each is asked for alone then. */
async function createAll(pool: Queryable, asked: readonly Asked[]): Promise<boolean[]> {
  const texts = (of: (key: IdempotencyKey) => string): Buffer =>
    toBinaryArray(
      'text',
      asked.map(({ key }) => of(key)),
    );
  const { rows } = await pool.query<{ task_id: string }>({
    ...CREATE,
    values: [
      ...toColumns(asked.map(({ task }) => task)),
      texts(({ key }) => key),
      texts(({ bodyHash }) => bodyHash),
    ],
  });
  const created = new Set(rows.map(({ task_id }) => task_id));
  return asked.map(({ task }) => created.has(task.id));
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
