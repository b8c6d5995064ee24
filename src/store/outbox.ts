/** The outbox: which workflows Temporal still has to be told of. */
import { sql } from 'kysely';

import type { Database } from './database.ts';
import { claimRound } from './dispatch-round.ts';
import { createFastClaim } from './fast-claim.ts';
import type { OutboxStore } from './ports.ts';

/** How long a dispatched task is trusted to have its workflow, before Temporal is told of it once more. */
const FORGOTTEN_AFTER = sql`interval '2 minutes'`;

/** The outbox over a database. */
export function createOutboxStore(db: Database): OutboxStore {
  return {
    claim: (limit, limits) => claimRound(db, { limit, limits }),

    claimOne: createFastClaim(db),

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
