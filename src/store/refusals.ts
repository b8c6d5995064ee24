/** The circuit between Kubernetes' refusals and the starts of further tasks. */
import { sql } from 'kysely';

import type { Database } from './database.ts';
import type { RefusalStore } from './ports.ts';
import { isTaskId, toStorable } from './text.ts';

/** Longer than two tries apart, so that the circuit stays open until two in a row were not refused. */
const REMEMBERED = sql`interval '45 seconds'`;

/** A single task may ask for what the cluster never gives; several at once mean that it gives nothing. */
const SEVERAL = 2;

const LONGEST_REASON = 500;

/** Why Kubernetes refuses the pods of several tasks, or null while it does not. */
export const OPEN_CIRCUIT = sql<string | null>`(
  select case when count(*) >= ${SEVERAL} then (array_agg(reason order by refused_at desc))[1] end
  from refusals where refused_at > now() - ${REMEMBERED}
)`;

/** The refusals over a database; forgotten ones go with the next new one. */
export function createRefusalStore(db: Database): RefusalStore {
  return {
    async recordRefusal(taskId, { reason, isShared }) {
      if (!isTaskId(taskId)) return;
      const told = `Kubernetes refuses the pod of this task for now: ${toStorable(reason)}`;
      await sql`
        update tasks set waiting = ${told}
        where id = ${taskId} and state = 'QUEUED' and waiting is distinct from ${told}
      `.execute(db);
      if (!isShared) return;
      await sql`
        with forgotten as (
          delete from refusals where task_id in (
            select task_id from refusals
            where refused_at <= now() - ${REMEMBERED} and task_id <> ${taskId}
            order by task_id for update skip locked
          )
        )
        insert into refusals (task_id, reason)
        values (${taskId}, ${toStorable(reason).slice(0, LONGEST_REASON)})
        on conflict (task_id) do update set refused_at = now(), reason = excluded.reason
      `.execute(db);
    },
  };
}
