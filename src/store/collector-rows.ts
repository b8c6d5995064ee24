/** Rows against pods: what the collector asks. */
import { sql } from 'kysely';

import type { TaskState } from '../tes/state.ts';
import { present } from './attempt-rows.ts';
import type { CollectorStore, Debt, RowSight, SightedAttempt } from './collect-ports.ts';
import type { Database } from './database.ts';
import { isTaskId } from './text.ts';

/** Who settles an attempt cleans up after it; only what is older was forgotten. */
const CLEAN_UP_TIME = sql`interval '1 minute'`;

const MAX_NUMBER = 2 ** 31 - 1;

interface SightRow {
  readonly state: TaskState | null;
  readonly attempts: number | null;
  readonly number: number | null;
  readonly pod_uid: string | null;
  readonly node_name: string | null;
  readonly node_uid: string | null;
  readonly stage: SightedAttempt['stage'];
  readonly proven_dead: boolean;
}

interface DebtRow {
  readonly task_id: string;
  readonly number: number;
  readonly pod_uid: string;
  readonly node_name: string | null;
  readonly node_uid: string | null;
}

/** The collector's questions over a database. */
export function createCollectorStore(db: Database): CollectorStore {
  return {
    async sight(attempts) {
      // Postgres refuses what cannot be an id or a number; such an attempt is unknown.
      const ids = attempts.map(({ taskId }) => (isTaskId(taskId) ? taskId : null));
      const numbers = attempts.map(({ number }) => (number > MAX_NUMBER ? 0 : number));
      const found = await sql<SightRow>`
        select t.state, t.attempts, a.number, a.pod_uid, a.node_name, a.node_uid,
          case
            when a.settled_at is null then 'open'
            when a.settled_at > now() - ${CLEAN_UP_TIME} then 'just-settled'
            else 'settled'
          end as stage,
          a.proven_dead_at is not null as proven_dead
        from unnest(${ids}::uuid[], ${numbers}::int[])
          with ordinality as asked (task_id, number, position)
        left join tasks t on t.id = asked.task_id
        left join attempts a on a.task_id = asked.task_id and a.number = asked.number
        order by asked.position
      `.execute(db);
      return found.rows.map(toSight);
    },

    async listDebts(after, limit) {
      const found = await sql<DebtRow>`
        select task_id, number, pod_uid, node_name, node_uid from attempts
        where proven_dead_at is null and pod_uid is not null
          and settled_at <= now() - ${CLEAN_UP_TIME}
          and (${after?.taskId ?? null}::uuid is null
            or (task_id, number) > (${after?.taskId ?? null}::uuid, ${after?.number ?? 0}))
        order by task_id, number limit ${limit}
      `.execute(db);
      return found.rows.map(toDebt);
    },

    async listDispatched(after, limit) {
      const found = await sql<{ task_id: string }>`
        select task_id from outbox
        where claims > 0 and (${after ?? null}::uuid is null or task_id > ${after ?? null}::uuid)
        order by task_id limit ${limit}
      `.execute(db);
      return found.rows.map((row) => row.task_id);
    },

    async countOpen() {
      // Every open task has its outbox row, and only open tasks have one.
      const counted = await sql<{ count: number }>`select count(*)::int from outbox`.execute(db);
      return counted.rows[0]?.count ?? 0;
    },
  };
}

function toSight(row: SightRow): RowSight {
  const task = present({ state: row.state, attempts: row.attempts });
  if (row.number === null) return task;
  return {
    ...task,
    attempt: {
      ...present({ podUid: row.pod_uid, nodeName: row.node_name, nodeUid: row.node_uid }),
      stage: row.stage,
      provenDead: row.proven_dead,
    },
  };
}

function toDebt(row: DebtRow): Debt {
  return {
    taskId: row.task_id,
    number: row.number,
    podUid: row.pod_uid,
    ...present({ nodeName: row.node_name, nodeUid: row.node_uid }),
  };
}
