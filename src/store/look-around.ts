/** What is alive and who waits, as a round of the dispatcher finds it by one statement. */
import { sql } from 'kysely';

import { ALIVE } from './alive.ts';
import type { Tx } from './database.ts';
import { FRESH } from './due.ts';
import type { Turn, WaitingTask, Weight } from './pick-starts.ts';
import type { StartLimits } from './ports.ts';

/** Where a round begins. */
export interface Beginning {
  readonly startAfter: string;
  readonly inlineFirst: string;
  /** The most tasks to look for. */
  readonly limit: number;
  readonly limits: StartLimits;
}

/** What a round finds. */
export interface Found {
  readonly alive: Weight;
  /** The most that any one owner has alive. */
  readonly most: Weight;
  readonly turns: readonly Turn[];
  readonly first?: Turn;
  /** Waiting owners whose limit of pods is reached. */
  readonly fullPods: readonly string[];
  /** True when there may be more than what is shown. */
  readonly more: boolean;
}

interface Row {
  readonly pods: number;
  readonly bytes: number;
  readonly most_pods: number;
  readonly most_bytes: number;
  readonly share: number;
  readonly turns: readonly TurnRow[] | null;
  readonly full: readonly string[] | null;
}

interface TurnRow {
  readonly owner: string;
  readonly place: number;
  readonly pods: number;
  readonly bytes: number;
  readonly small: readonly WaitingTask[] | null;
  readonly large: readonly WaitingTask[] | null;
}

/**
 * Jumps from owner to owner in the index of waiting starts, round the circle, and takes as many owners as tasks are
 * looked for; then the beginnings of their queues. Its cost depends on what is alive, not on what waits.
 */
export async function lookAround(tx: Tx, beginning: Beginning): Promise<Found> {
  const { startAfter, inlineFirst, limit, limits } = beginning;
  const found = await sql<Row>`
    with recursive alive as materialized (
      select owner, count(*)::int as pods, sum(inline_bytes)::float8 as bytes
      from (${ALIVE}) as each group by owner
    ), circle (owner, lap, place) as (
      select ${startAfter}::text collate "C", 0, 0
      union all
      select next.owner, next.lap, circle.place + 1 from circle cross join lateral (
        (
          select owner, 0 as lap from outbox where ${FRESH} and circle.lap = 0 and owner > circle.owner
          order by owner limit 1
        ) union all (
          select owner, 1 from outbox where ${FRESH} and circle.lap = 0 and owner <= ${startAfter}
          order by owner limit 1
        ) union all (
          select owner, 1 from outbox
          where ${FRESH} and circle.lap = 1 and owner > circle.owner and owner <= ${startAfter}
          order by owner limit 1
        )
        order by 2 limit 1
      ) as next
      where circle.place < ${limit} + (select count(*) from alive where pods >= ${limits.ownerPods})
    ), chosen as materialized (
      select circle.owner, place, coalesce(pods, 0) as pods, coalesce(bytes, 0) as bytes
      from circle left join alive on alive.owner = circle.owner
      where place > 0 and coalesce(pods, 0) < ${limits.ownerPods}
      order by place limit ${limit}
    ), share as (
      select greatest(1, ceil(${limit}::float8 / greatest(1, count(*))))::int as share from chosen
    ), asked as (
      select * from chosen
      union all
      select owner, 0, coalesce((select pods from alive where alive.owner = first.owner), 0),
        coalesce((select bytes from alive where alive.owner = first.owner), 0)
      from (values (${inlineFirst}::text collate "C")) as first (owner)
    ), turns as (
      select asked.*, ${queue(0)} as small, ${queue(1)} as large from asked
    )
    select
      coalesce((select sum(pods)::int from alive), 0) as pods,
      coalesce((select sum(bytes) from alive), 0) as bytes,
      coalesce((select max(pods) from alive), 0) as most_pods,
      coalesce((select max(bytes) from alive), 0) as most_bytes,
      (select share from share) as share,
      (select json_agg(turns order by place) from turns) as turns,
      (
        select json_agg(owner) from alive where pods >= ${limits.ownerPods}
          and exists (select from outbox where ${FRESH} and outbox.owner = alive.owner)
      ) as full
  `.execute(tx);
  return toFound(found.rows[0], beginning);
}

/** The beginning of an owner's queue of small (0) or large (1) documents. */
function queue(kind: 0 | 1) {
  return sql`(
    select json_agg(
      json_build_object('taskId', task_id, 'inlineBytes', inline_bytes, 'priority', priority)
      order by priority desc, task_id
    )
    from (
      select task_id, inline_bytes, priority from outbox
      where ${FRESH} and outbox.owner = asked.owner and least(inline_bytes, 1) = ${sql.lit(kind)}
      order by priority desc, task_id limit (select share from share)
    ) as queue
  )`;
}

function toFound(row: Row | undefined, { limit, limits }: Beginning): Found {
  if (row === undefined) throw new Error('Postgres told nothing of the queue.');
  const all = row.turns ?? [];
  const turns = all.filter(({ place }) => place > 0);
  const first = all.find(({ place, pods }) => place === 0 && pods < limits.ownerPods);
  const mayGoOn = (queue: readonly unknown[] | null): boolean => queue?.length === row.share;
  return {
    alive: { pods: row.pods, inlineBytes: row.bytes },
    most: { pods: row.most_pods, inlineBytes: row.most_bytes },
    turns: turns.map(toTurn),
    ...(first?.large && { first: toTurn(first) }),
    fullPods: row.full ?? [],
    more:
      turns.length === limit || turns.some(({ small, large }) => mayGoOn(small) || mayGoOn(large)),
  };
}

function toTurn({ owner, pods, bytes, small, large }: TurnRow): Turn {
  return { owner, alive: { pods, inlineBytes: bytes }, small: small ?? [], large: large ?? [] };
}
