/** Removing what ended long ago. */
import { type RawBuilder, sql } from 'kysely';

import type { Database } from './database.ts';
import { pruneIdempotencyKeys } from './idempotency.ts';
import type { RetentionStore, SweepBatch } from './ports.ts';

/** The retention over a database. */
export function createRetentionStore(db: Database): RetentionStore {
  return {
    async deleteEnded(before, batch) {
      const { rows } = await sweepQuery(before, batch).execute(db);
      const [{ deleted, looked, last } = { deleted: 0, looked: 0, last: null }] = rows;
      return { deleted, ...(looked === batch.limit && last !== null && { next: last }) };
    },
    pruneKeys: (limit) => pruneIdempotencyKeys(db, limit),
  };
}

/** What a batch deleted, at how many tasks it looked, and the last of them. */
interface Swept {
  readonly deleted: number;
  readonly looked: number;
  readonly last: string | null;
}

/**
 * Looks at the next tasks in the order of their ids, which is the order of creation; the place where the batch before
 * ended spares it all that was deleted or kept until there. What is locked is in use and stays for the next sweep.
 * Documents, attempts, events and the outbox row go with the task.
 */
export function sweepQuery(
  before: Date,
  { after = LOWEST_ID, limit }: SweepBatch,
): RawBuilder<Swept> {
  return sql<Swept>`
    with looked as materialized (
      select id from tasks where id > ${after}::uuid and id < ${firstIdAt(before)}::uuid
      order by id limit ${limit}
    ), ended as materialized (
      select tasks.id from looked join tasks on tasks.id = looked.id
      where tasks.state in (
          'COMPLETE', 'EXECUTOR_ERROR', 'SYSTEM_ERROR', 'CANCELED', 'PREEMPTED'
        )
        and exists (
          select from task_events
          where task_id = tasks.id and number = tasks.last_event and at < ${before}
        )
        and not exists (
          select from attempts
          where task_id = tasks.id and (settled_at is null or proven_dead_at is null)
        )
      for update of tasks skip locked
    ), deleted as (
      delete from tasks where id in (select id from ended) returning id
    )
    select
      (select count(*)::int from deleted) as deleted,
      (select count(*)::int from looked) as looked,
      (select id from looked order by id desc limit 1) as last
  `;
}

const LOWEST_ID = '00000000-0000-0000-0000-000000000000';

/** The lowest id of version 7 that a task of this moment can have: ids begin with their time in milliseconds. */
function firstIdAt(time: Date): string {
  const hex = time.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
