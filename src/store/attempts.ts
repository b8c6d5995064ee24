/** Attempts: what the activities ask and write. */
import { sql } from 'kysely';
import type { Logger } from 'pino';

import { findAttempt, findFacts, listAttempts } from './attempt-rows.ts';
import type { Database } from './database.ts';
import { openAttempt } from './opening.ts';
import { createPodUids } from './pod-uids.ts';
import type { AttemptStore } from './ports.ts';
import { withLockedTask } from './projection.ts';
import { endTask, settleAttempt } from './settlement.ts';
import { recordWish } from './wish.ts';

/** The attempts over a database. */
export function createAttemptStore(db: Database, logger: Logger): AttemptStore {
  return {
    ...createPodUids(db),
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

    async recordIntent(taskId, number, intent) {
      await withLockedTask(db, taskId, (tx) =>
        sql`
          update attempts set intent = ${JSON.stringify(intent)}
          where task_id = ${taskId} and number = ${number} and intent is null
        `.execute(tx),
      );
    },

    async recordNode(taskId, number, node) {
      await withLockedTask(db, taskId, (tx) =>
        sql`
          update attempts set node_name = ${node.name}, node_uid = ${node.uid}
          where task_id = ${taskId} and number = ${number} and node_uid is null
        `.execute(tx),
      );
    },

    async markProvenDead(taskId, number) {
      await withLockedTask(db, taskId, (tx) =>
        sql`
          update attempts set proven_dead_at = clock_timestamp()
          where task_id = ${taskId} and number = ${number} and proven_dead_at is null
            and (settled_at is not null or pod_uid is null)
        `.execute(tx),
      );
    },
  };
}
