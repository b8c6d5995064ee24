/** How many tasks there are and how they do, for gauges. */
import { sql } from 'kysely';

import { ALIVE } from './alive.ts';
import type { Database } from './database.ts';
import { FRESH } from './due.ts';
import { HELD_BY, HOLD_TABLES } from './holds.ts';
import type { StatisticsStore, StuckReason, TaskStatistics } from './ports.ts';

type Deadlines = Parameters<StatisticsStore['read']>[0];

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

/**
 * The statistics over a database: one statement, over open tasks only. Most of very many open tasks were never claimed:
 * these are QUEUED, differ in nothing but owner and size, and are counted from the outbox alone.
 */
export function createStatisticsStore(db: Database): StatisticsStore {
  return {
    async read(deadlines) {
      const read = await sql<Row>`
        with fresh as materialized (${freshTasks()}), oldest_fresh as materialized (${oldestFresh()}),
          begun as materialized (${begunTasks(deadlines)}), alive as (${ALIVE} limit ${MOST_ROWS})
        select
          ${sumBy(sql`
            select state as key, 1 as count from begun union all select 'QUEUED', count from fresh
          `)} as open_tasks,
          ${sumBy(sql`
            select stuck as key, 1 as count from begun
            union all select 'deadline', ${countOverdue(deadlines)}
          `)} as stuck_tasks,
          (
            select count(*) filter (where undispatched) from begun
          )::int + (select coalesce(sum(count), 0) from fresh)::int as outbox_rows,
          (
            select coalesce(extract(epoch from now() - least(
              min(wished_at) filter (where undispatched), (select created_at from oldest_fresh)
            )), 0)::float8
            from begun
          ) as outbox_age,
          ${countAttempts(sql`settled_at is null`)} as open_attempts,
          ${countAttempts(sql`proven_dead_at is null and settled_at is not null`)} as unproven_attempts,
          ${sumBy(sql`
            select ${sql.raw(HELD_BY)} as key, o.count from fresh o cross join ${sql.raw(HOLD_TABLES)}
          `)} as held_tasks,
          (select count(*)::int from alive) as pods_alive,
          (select coalesce(sum(inline_bytes), 0)::float8 from alive) as inline_bytes_alive,
          ${storedTasks()} as stored_tasks
      `.execute(db);
      return toStatistics(read.rows[0]);
    },
  };
}

/** How many tasks were never claimed, by what may hold them. */
function freshTasks() {
  return sql`
    select owner, least(inline_bytes, 1) as inline_bytes, count(*) as count
    from (select owner, inline_bytes from outbox where ${FRESH} limit ${MOST_ROWS}) counted
    group by 1, 2
  `;
}

/** Ids grow with time. */
function oldestFresh() {
  return sql`
    select created_at from tasks
    where id = (select task_id from outbox where ${FRESH} order by task_id limit 1)
  `;
}

/** Tasks that were claimed, and wishes to cancel. Every open task has its outbox row, and only open tasks have one. */
function begunTasks({ queueMs, totalMs }: Deadlines) {
  return sql`
    select
      t.state,
      o.dispatched_at is null as undispatched,
      greatest(t.created_at, t.cancel_asked_at) as wished_at,
      case
        when t.created_at < ${overdueSince(totalMs)} then 'deadline'
        when t.state = 'QUEUED' and case when t.attempts > 1 then a.opened_at else t.created_at end
          < ${overdueSince(queueMs)} then 'deadline'
        when t.cancel_asked_at < now() - ${STUCK_AFTER} then 'cancel'
        when least(a.settled_at, a.proven_dead_at) < now() - ${STUCK_AFTER} then 'attempt-ended'
        when t.attempts = 0 and o.dispatched_at < now() - ${STUCK_AFTER} then 'not-begun'
      end as stuck
    from (
      select task_id, dispatched_at from outbox where claims > 0
      union all
      select task_id, dispatched_at from outbox
      where dispatched_at is null and claims = 0 and desired = 'cancel'
      limit ${MOST_ROWS}
    ) o
    join tasks t on t.id = o.task_id
    left join attempts a on a.task_id = t.id and a.number = t.attempts
  `;
}

/** Those never claimed that are beyond their deadline: looked for only when the oldest of them is. */
function countOverdue({ queueMs, totalMs }: Deadlines) {
  const since = overdueSince(Math.min(queueMs, totalMs));
  return sql`
    case when (select created_at from oldest_fresh) < ${since} then (
      select count(*)
      from (select task_id from outbox where ${FRESH} limit ${MOST_ROWS}) o
      join tasks t on t.id = o.task_id and t.created_at < ${since}
    ) end
  `;
}

/** Before this a deadline of so many milliseconds is over for so long that somebody should have noticed. */
function overdueSince(ms: number) {
  return sql`(now() - ${STUCK_AFTER} - ${milliseconds(ms)})`;
}

function milliseconds(ms: number) {
  return sql`${ms} * interval '1 millisecond'`;
}

/** A JSON object of sums; `counts` has a key, which may be null for what is not counted, and a count. */
function sumBy(counts: ReturnType<typeof sql>) {
  return sql`(
    select coalesce(json_object_agg(key, sum), '{}'::json)
    from (
      select key, sum(count)::int as sum from (${counts}) counts
      where key is not null and count > 0 group by key
    ) sums
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
