/** The outbox: which workflows Temporal still has to be told of. */
import { sql } from 'kysely';

import type { Database } from './database.ts';
import type { Dispatch, OutboxStore } from './ports.ts';
import { isTaskId } from './text.ts';

/** How long a claim keeps others away: long enough for a start, short enough after a crash. */
const CLAIM = sql`interval '30 seconds'`;

/** How long a dispatched task is trusted to have its workflow, before Temporal is told of it once more. */
const FORGOTTEN_AFTER = sql`interval '2 minutes'`;

/** A claim remembers what was desired, so that its end cannot hide a cancel that came meanwhile. */
const CLAIMED = sql`claims = claims + 1, claimed = desired, claim_expires_at = now() + ${CLAIM}`;

const CLAIMABLE = sql`dispatched_at is null and (claim_expires_at is null or claim_expires_at <= now())`;

/** The outbox over a database. Every claim is a statement, and so a transaction, of its own. */
export function createOutboxStore(db: Database): OutboxStore {
  return {
    async claim(limit) {
      // Ids are ordered by time, so their order is oldest first.
      const claimed = await sql<Dispatch>`
        update outbox set ${CLAIMED}
        where task_id in (
          select task_id from outbox where ${CLAIMABLE}
          order by task_id limit ${limit} for update skip locked
        )
        returning task_id as "taskId", desired
      `.execute(db);
      return claimed.rows.toSorted((a, b) => (a.taskId < b.taskId ? -1 : 1));
    },

    async claimOne(taskId) {
      if (!isTaskId(taskId)) return undefined;
      const claimed = await sql<Dispatch>`
        update outbox set ${CLAIMED} where task_id = ${taskId} and ${CLAIMABLE}
        returning task_id as "taskId", desired
      `.execute(db);
      return claimed.rows[0];
    },

    async revive(limit) {
      const revived = await sql`
        update outbox set dispatched_at = null
        where task_id in (
          select task_id from outbox where dispatched_at < now() - ${FORGOTTEN_AFTER}
          order by dispatched_at limit ${limit} for update skip locked
        )
      `.execute(db);
      return Number(revived.numAffectedRows);
    },

    async markDispatched(taskIds) {
      await sql`
        update outbox set
          dispatched_at = case when claimed = desired then now() end,
          claim_expires_at = null
        where task_id in (
          select task_id from outbox
          where task_id = any(${taskIds}::uuid[]) and dispatched_at is null
          order by task_id for update
        )
      `.execute(db);
    },
  };
}
