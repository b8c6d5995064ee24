/** Which pod is an attempt's: recorded before it may run, adopted when it may have run, or refused for good. */
import { sql } from 'kysely';

import { isFinal } from '../tes/state.ts';
import type { Database } from './database.ts';
import type { AttemptStore } from './ports.ts';
import { withLockedTask } from './projection.ts';

/** That part of the attempts over a database. */
export function createPodUids(
  db: Database,
): Pick<AttemptStore, 'recordUid' | 'adoptUid' | 'discardUid'> {
  return {
    recordUid: (taskId, number, uid) =>
      withLockedTask(db, taskId, async (tx, task) => {
        if (isFinal(task.state) || task.cancel_asked_at !== null) return false;
        const recorded = await sql`
          update attempts set pod_uid = ${uid}
          where task_id = ${taskId} and number = ${number}
            and settled_at is null and proven_dead_at is null and intent is null
            and (pod_uid is null or pod_uid = ${uid}) and ${uid} <> all (discarded_uids)
        `.execute(tx);
        return recorded.numAffectedRows === 1n;
      }),

    adoptUid: (taskId, number, uid) =>
      withLockedTask(db, taskId, async (tx) => {
        const adopted = await sql`
          update attempts set pod_uid = ${uid}
          where task_id = ${taskId} and number = ${number}
            and settled_at is null and (pod_uid is null or pod_uid = ${uid})
        `.execute(tx);
        return adopted.numAffectedRows === 1n;
      }),

    discardUid: (taskId, number, uid) =>
      withLockedTask(db, taskId, async (tx) => {
        const discarded = await sql`
          update attempts set discarded_uids =
            case when ${uid} = any (discarded_uids) then discarded_uids else array_append(discarded_uids, ${uid}) end
          where task_id = ${taskId} and number = ${number} and pod_uid is distinct from ${uid}
        `.execute(tx);
        return discarded.numAffectedRows === 1n;
      }),
  };
}
