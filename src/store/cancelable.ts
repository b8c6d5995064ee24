/** Which tasks a cancel of many finds. */
import { sql } from 'kysely';

import { isFinal, TASK_STATES } from '../tes/state.ts';
import type { Database } from './database.ts';
import { withTag } from './list-tasks.ts';
import type { Cancelable, CancelSelection } from './ports.ts';
import { isTaskId } from './text.ts';

const OPEN_STATES = TASK_STATES.filter((state) => !isFinal(state));

/** Finds at most `limit` open tasks that nobody asked to cancel yet, oldest first, and counts all of them. */
export async function findCancelable(
  db: Database,
  { owner, selection, limit }: { owner: string; selection: CancelSelection; limit: number },
): Promise<Cancelable> {
  const { states, tags, ids } = selection;
  let query = db
    .selectFrom('tasks')
    .where('tasks.owner', '=', owner)
    .where('tasks.state', 'in', states.length > 0 ? states : OPEN_STATES)
    .where('tasks.cancel_asked_at', 'is', null);
  if (ids !== undefined) {
    query = query.where('tasks.id', '=', sql<string>`any(${ids.filter(isTaskId)}::uuid[])`);
  }
  const rows = await tags
    .reduce(withTag, query)
    .select(['tasks.id', sql<string>`count(*) over ()`.as('total')])
    .orderBy('tasks.created_at')
    .orderBy('tasks.id')
    .limit(limit)
    .execute();
  return { ids: rows.map(({ id }) => id), total: Number(rows[0]?.total ?? 0) };
}
