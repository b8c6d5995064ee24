/** Attempts: what the activities ask and write. */
import { sql } from 'kysely';
import type { Logger } from 'pino';

import { isFinal } from '../tes/state.ts';
import { findAttempt, findFacts, listAttempts } from './attempt-rows.ts';
import type { Database, Tx } from './database.ts';
import { openAttempt } from './opening.ts';
import type { AttemptStore } from './ports.ts';
import { type LockedTask, lockTask } from './projection.ts';
import { endTask, settleAttempt } from './settlement.ts';
import { recordWish } from './wish.ts';

/** The attempts over a database. */
export function createAttemptStore(db: Database, logger: Logger): AttemptStore {
  return {
    open: (taskId) => openAttempt(db, logger, taskId),
    settle: (taskId, number, settlement) =>
      settleAttempt(db, logger, { taskId, number, settlement }),
    end: (taskId, state, reason) => endTask(db, logger, { taskId, state, reason }),
    recordWish: (taskId) => recordWish(db, logger, taskId),

    async find(taskId, number) {
      const task = await findFacts(db, taskId);
      const attempt = await findAttempt(db, taskId, number);
      return task && attempt && { task, attempt };
    },

    async latest(taskId) {
      const task = await findFacts(db, taskId);
      const attempt = (await listAttempts(db, taskId)).at(-1);
      return task && { task, ...(attempt && { attempt }) };
    },

    recordUid: (taskId, number, uid) =>
      withLocked(db, taskId, async (tx, task) => {
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
      withLocked(db, taskId, async (tx) => {
        const adopted = await sql`
          update attempts set pod_uid = ${uid}
          where task_id = ${taskId} and number = ${number}
            and settled_at is null and (pod_uid is null or pod_uid = ${uid})
        `.execute(tx);
        return adopted.numAffectedRows === 1n;
      }),

    discardUid: (taskId, number, uid) =>
      withLocked(db, taskId, async (tx) => {
        const discarded = await sql`
          update attempts set discarded_uids =
            case when ${uid} = any (discarded_uids) then discarded_uids else array_append(discarded_uids, ${uid}) end
          where task_id = ${taskId} and number = ${number} and pod_uid is distinct from ${uid}
        `.execute(tx);
        return discarded.numAffectedRows === 1n;
      }),

    async recordIntent(taskId, number, intent) {
      await withLocked(db, taskId, (tx) =>
        sql`
          update attempts set intent = ${JSON.stringify(intent)}
          where task_id = ${taskId} and number = ${number} and intent is null
        `.execute(tx),
      );
    },

    async recordNode(taskId, number, node) {
      await withLocked(db, taskId, (tx) =>
        sql`
          update attempts set node_name = ${node.name}, node_uid = ${node.uid}
          where task_id = ${taskId} and number = ${number} and node_uid is null
        `.execute(tx),
      );
    },

    async markProvenDead(taskId, number) {
      await withLocked(db, taskId, (tx) =>
        sql`
          update attempts set proven_dead_at = clock_timestamp()
          where task_id = ${taskId} and number = ${number} and proven_dead_at is null
            and (settled_at is not null or pod_uid is null)
        `.execute(tx),
      );
    },
  };
}

/** Runs `write` with the task's row locked; false when there is no such task. */
async function withLocked<Result>(
  db: Database,
  taskId: string,
  write: (tx: Tx, task: LockedTask) => Promise<Result>,
): Promise<Result | false> {
  return db.transaction().execute(async (tx) => {
    const task = await lockTask(tx, taskId);
    return task === undefined ? false : write(tx, task);
  });
}
