/** Removing what ended long ago. */
import { sql } from 'kysely';

import type { Database } from './database.ts';
import type { RetentionStore } from './ports.ts';

/** The retention over a database. */
export function createRetentionStore(db: Database): RetentionStore {
  return {
    /**
     * Reads in the order of the ids, which is the order of creation, so that a batch needs no index of its own. What
     * is locked is in use and stays for the next time. Documents, attempts, events and the outbox row go with the task.
     */
    async deleteEnded(before, limit) {
      const deleted = await sql`
        delete from tasks where id in (
          select id from tasks
          where created_at < ${before}
            and state in (
              'COMPLETE', 'EXECUTOR_ERROR', 'SYSTEM_ERROR', 'CANCELED', 'PREEMPTED'
            )
            and exists (
              select from task_events
              where task_id = tasks.id and number = tasks.last_event and at < ${before}
            )
            and not exists (
              select from attempts
              where task_id = tasks.id and (settled_at is null or proven_dead_at is null)
            )
          order by id limit ${limit} for update skip locked
        )
      `.execute(db);
      return Number(deleted.numAffectedRows);
    },
  };
}
