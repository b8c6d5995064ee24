/** Open attempts with a pod, as the reconciler walks over them. */
import { sql } from 'kysely';

import type { Database } from './database.ts';
import type { OpenAttempt, OpenAttemptStore } from './ports.ts';

/** The open attempts over a database; the index over open attempts gives them in the order of their task ids. */
export function createOpenAttemptStore(db: Database): OpenAttemptStore {
  return {
    async listOpen(after, limit) {
      const open = await sql<OpenAttempt>`
        select task_id as "taskId", number, pod_uid as uid from attempts
        where settled_at is null and pod_uid is not null
          and (${after ?? null}::uuid is null or task_id > ${after ?? null}::uuid)
        order by task_id limit ${limit}
      `.execute(db);
      return open.rows;
    },
  };
}
