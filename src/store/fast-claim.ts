/** Claims of new tasks right after their creation, without the dispatcher. */
import { sql } from 'kysely';

import { createBatcher } from './batcher.ts';
import type { Database } from './database.ts';
import { CLAIMED, DUE, FRESH } from './due.ts';
import type { Dispatch, OutboxStore } from './ports.ts';
import { isTaskId } from './text.ts';

type Outcome = Awaited<ReturnType<OutboxStore['claimOne']>>;

interface Row extends Dispatch {
  readonly held: boolean;
}

/** All claims of a process share one row, the allowance; together they wait for its lock once. */
const LANES = 1;
const LARGEST_BATCH = 16;

/**
 * Claims within what the dispatcher found free in its last round, as long as that is less than two seconds ago. The claim
 * and what it takes of the allowance are one statement.
 */
export function createFastClaim(db: Database): OutboxStore['claimOne'] {
  const claim = createBatcher({
    run: (taskIds: readonly string[]) => claimSome(db, taskIds),
    lanes: LANES,
    limit: LARGEST_BATCH,
    mayRepeat: () => false,
  });
  return async (taskId) => (isTaskId(taskId) ? claim(taskId) : undefined);
}

async function claimSome(db: Database, taskIds: readonly string[]): Promise<Outcome[]> {
  const claimed = await sql<Row>`
    with allowance as materialized (
      select free_pods, free_inline_bytes from dispatch_round
      where looked_at > now() - interval '2 seconds' for update
    ), due as materialized (
      select task_id, inline_bytes, ${FRESH} as fresh from outbox
      where task_id = any(${taskIds}::uuid[]) and (${FRESH} or ${DUE})
      order by task_id for update skip locked
    ), placed as (
      select due.*,
        count(*) filter (where fresh) over through as place,
        sum(inline_bytes) filter (where fresh) over through as bytes
      from due window through as (order by task_id)
    ), judged as materialized (
      select placed.*, fresh and not coalesce(
        place <= free_pods and (inline_bytes = 0 or bytes <= free_inline_bytes), false
      ) as held
      from placed left join allowance on true
    ), taken as (
      update outbox set ${CLAIMED} from judged
      where outbox.task_id = judged.task_id and not judged.held
      returning outbox.task_id, desired, fresh, judged.inline_bytes
    ), spent as (
      update dispatch_round set
        free_pods = free_pods - pods, free_inline_bytes = free_inline_bytes - bytes
      from (
        select count(*) as pods, coalesce(sum(inline_bytes), 0) as bytes from taken where fresh
      ) as sums
      where pods > 0
    )
    select task_id as "taskId", desired, false as held from taken
    union all
    select task_id, 'start', true from judged where held
  `.execute(db);
  const byId = new Map(claimed.rows.map((row) => [row.taskId, row]));
  return taskIds.map((taskId) => {
    const row = byId.get(taskId);
    if (row === undefined) return undefined;
    return row.held ? 'held' : { taskId, desired: row.desired };
  });
}
