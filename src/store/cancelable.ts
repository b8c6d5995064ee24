/** Which tasks a cancel of many finds. */
import { type RawBuilder, sql } from 'kysely';

import { isFinal, TASK_STATES } from '../tes/state.ts';
import type { Database } from './database.ts';
import { hasTag } from './list-tasks.ts';
import type { Cancelable, CancelSelection } from './ports.ts';
import { isTaskId } from './text.ts';

const OPEN_STATES = TASK_STATES.filter((state) => !isFinal(state));

/** More are not read: a queue of a million tasks must not make each of a thousand requests slow. */
const MOST_FOUND = 10_000;

/**
 * Finds at most `limit` open tasks that nobody asked to cancel yet and counts them up to 10,000. When there are no
 * more, these are the oldest.
 */
export async function findCancelable(
  db: Database,
  { owner, selection, limit }: { owner: string; selection: CancelSelection; limit: number },
): Promise<Cancelable> {
  const { rows } = await sql<{ id: string; total: string }>`
    with found as materialized (
      select id, created_at from tasks where ${conditionsOf(owner, selection)} limit ${MOST_FOUND}
    )
    select id, (select count(*) from found) as total from found
    order by created_at, id limit ${limit}
  `.execute(db);
  return { ids: rows.map(({ id }) => id), total: Number(rows[0]?.total ?? 0) };
}

function conditionsOf(owner: string, { states, tags, ids }: CancelSelection): RawBuilder<boolean> {
  const wanted = states.length > 0 ? states : OPEN_STATES;
  const conditions = [
    sql`tasks.owner = ${owner}`,
    sql`tasks.state = any(${wanted}::text[])`,
    sql`tasks.cancel_asked_at is null`,
    ...tags.map(hasTag),
    ...(ids === undefined ? [] : [sql`tasks.id = any(${ids.filter(isTaskId)}::uuid[])`]),
  ];
  return sql<boolean>`${sql.join(conditions, sql` and `)}`;
}
