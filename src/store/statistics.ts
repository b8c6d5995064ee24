/** How many tasks there are and how they do, for gauges. */
import { sql } from 'kysely';

import { ALIVE } from './alive.ts';
import type { Database } from './database.ts';
import { FRESH } from './due.ts';
import { HELD_BY, HOLD_TABLES } from './holds.ts';
import type { StatisticsStore, StuckReason, TaskStatistics } from './ports.ts';

/** More rows are not counted: a scrape must cost the same however long the queue is. */
const MOST_ROWS = 100_000;

/** How long an open task may stay as it is after something that should have moved it. */
const STUCK_AFTER = sql`interval '5 minutes'`;

interface Row {
  readonly open_tasks: Readonly<Record<string, number>>;
  readonly stored_tasks: Readonly<Record<string, number>>;
  readonly stuck_tasks: Readonly<Partial<Record<StuckReason, number>>>;
  readonly outbox_rows: number;
  readonly outbox_age: number;
  readonly open_attempts: number;
  readonly unproven_attempts: number;
  readonly pods_alive: number;
  readonly inline_bytes_alive: number;
  readonly held_tasks: Readonly<Record<string, number>>;
}

/** The statistics over a database: one statement, on indexes, over open tasks only. */
export function createStatisticsStore(db: Database): StatisticsStore {
  return {
    async read(deadlines) {
      const read = await sql<Row>`
        with open as materialized (${openTasks(deadlines)}), alive as (${ALIVE} limit ${MOST_ROWS})
        select
          ${countBy(sql`select state as key from open`)} as open_tasks,
          ${countBy(sql`select stuck as key from open`)} as stuck_tasks,
          (select count(*)::int from open where undispatched) as outbox_rows,
          (
            select coalesce(extract(epoch from now() - min(wished_at)), 0)::float8
            from open where undispatched
          ) as outbox_age,
          ${countAttempts(sql`settled_at is null`)} as open_attempts,
          ${countAttempts(sql`proven_dead_at is null and settled_at is not null`)} as unproven_attempts,
          ${countBy(sql`select ${sql.raw(HELD_BY)} as key from ${waiting()}`)} as held_tasks,
          (select count(*)::int from alive) as pods_alive,
          (select coalesce(sum(inline_bytes), 0)::float8 from alive) as inline_bytes_alive,
          ${storedTasks()} as stored_tasks
      `.execute(db);
      return toStatistics(read.rows[0]);
    },
  };
}

/** Every open task has its outbox row, and only open tasks have one. */
function openTasks({ queueMs, totalMs }: { queueMs: number; totalMs: number }) {
  return sql`
    select
      t.state,
      o.dispatched_at is null as undispatched,
      greatest(t.created_at, t.cancel_asked_at) as wished_at,
      case
        when t.created_at < now() - ${STUCK_AFTER} - ${milliseconds(totalMs)} then 'deadline'
        when t.state = 'QUEUED' and case when t.attempts > 1 then a.opened_at else t.created_at end
          < now() - ${STUCK_AFTER} - ${milliseconds(queueMs)} then 'deadline'
        when t.cancel_asked_at < now() - ${STUCK_AFTER} then 'cancel'
        when least(a.settled_at, a.proven_dead_at) < now() - ${STUCK_AFTER} then 'attempt-ended'
        when t.attempts = 0 and o.dispatched_at < now() - ${STUCK_AFTER} then 'not-begun'
      end as stuck
    from (select task_id, dispatched_at from outbox order by task_id limit ${MOST_ROWS}) o
    join tasks t on t.id = o.task_id
    left join attempts a on a.task_id = t.id and a.number = t.attempts
  `;
}

/** Tasks that were never claimed, with what may hold them. */
function waiting() {
  return sql`
    (select owner, inline_bytes from outbox where ${FRESH} limit ${MOST_ROWS}) o
    cross join ${sql.raw(HOLD_TABLES)}
  `;
}

function milliseconds(ms: number) {
  return sql`${ms} * interval '1 millisecond'`;
}

function countBy(keys: ReturnType<typeof sql>) {
  return sql`(
    select coalesce(json_object_agg(key, count), '{}'::json)
    from (
      select key, count(*)::int as count from (${keys}) keys where key is not null group by key
    ) counts
  )`;
}

function countAttempts(condition: ReturnType<typeof sql>) {
  return sql`(
    select count(*)::int from (select from attempts where ${condition} limit ${MOST_ROWS}) counted
  )`;
}

/** Counting a million rows would cost more than the number is worth; Postgres estimates it for its plans anyway. */
function storedTasks() {
  return sql`(
    select coalesce(json_object_agg(state, round(reltuples * frequency)), '{}'::json)
    from pg_class
    join pg_namespace on pg_namespace.oid = relnamespace
    join pg_stats on schemaname = nspname and tablename = relname and attname = 'state'
    cross join unnest(most_common_vals::text::text[], most_common_freqs) as v (state, frequency)
    where pg_class.oid = 'tasks'::regclass and reltuples > 0
  )`;
}

function toStatistics(row: Row | undefined): TaskStatistics {
  if (row === undefined) throw new Error('Postgres gave no statistics.');
  return {
    openTasks: row.open_tasks,
    storedTasks: row.stored_tasks,
    stuckTasks: row.stuck_tasks,
    outboxRows: row.outbox_rows,
    outboxAgeSeconds: row.outbox_age,
    openAttempts: row.open_attempts,
    unprovenAttempts: row.unproven_attempts,
    podsAlive: row.pods_alive,
    inlineBytesAlive: row.inline_bytes_alive,
    heldTasks: row.held_tasks,
  };
}
