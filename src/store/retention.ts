/** Removing what ended long ago. */
import type { Pool } from './pool.ts';
import type { RetentionStore } from './ports.ts';

/**
 * Reads in the order of the ids, which is the order of creation, so that a batch needs no index of its own. What is
 * locked is in use and stays for the next time. Documents, attempts, events and the outbox row go with the task.
 */
const DELETE = {
  name: 'delete-ended-tasks',
  text: `
    delete from tasks where id in (
      select id from tasks
      where created_at < $1
        and state in (
          'COMPLETE', 'EXECUTOR_ERROR', 'SYSTEM_ERROR', 'CANCELED', 'PREEMPTED'
        )
        and exists (
          select from task_events
          where task_id = tasks.id and number = tasks.last_event and at < $1
        )
        and not exists (
          select from attempts
          where task_id = tasks.id and (settled_at is null or proven_dead_at is null)
        )
      order by id limit $2 for update skip locked
    )
  `,
};

/** The retention over a pool. */
export function createRetentionStore(pool: Pool): RetentionStore {
  return {
    async deleteEnded(before, limit) {
      const { rowCount } = await pool.query({ ...DELETE, values: [before, limit] });
      return rowCount ?? 0;
    },
  };
}
