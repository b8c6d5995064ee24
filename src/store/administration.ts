/** What only an administrator does to the rows. */
import { sql } from 'kysely';
import type { Logger } from 'pino';

import type { FinalState } from '../tes/state.ts';
import type { TaskLog } from '../tes/task.ts';
import type { AdministrationStore, Debt, Decision, Identities } from './collect-ports.ts';
import type { Database, Tx } from './database.ts';
import { lockTask } from './projection.ts';
import { settleAttempt } from './settlement.ts';
import { isTaskId, toStorable } from './text.ts';

/** The administrator's writes over a database. */
export function createAdministrationStore(db: Database, logger: Logger): AdministrationStore {
  return {
    identities: () => readIdentities(db),

    rebind: (to) => rebind(db, to),

    async makeDebt({ taskId, number }, decision) {
      const end = await endOf(db, taskId);
      await settleAttempt(db, logger, {
        taskId,
        number,
        settlement: {
          verdict: {
            class: end === 'CANCELED' ? 'canceled' : 'infrastructure',
            code: 'GivenUp',
            message: sentenceOf(decision),
            state: end,
            retryable: false,
          },
          log: { logs: [], outputs: [], system_logs: [sentenceOf(decision)] },
          end,
          provenDead: false,
        },
      });
    },

    async writeOff(taskId, decision) {
      if (!isTaskId(taskId)) return undefined;
      return db.transaction().execute(async (tx) => {
        if ((await lockTask(tx, taskId)) === undefined) return undefined;
        const debts = await debtsOf(tx, taskId);
        for (const debt of debts) await closeDebt(tx, taskId, { ...debt, decision });
        return debts.map(({ number, podUid }) => ({ taskId, number, podUid }));
      });
    },

    async countDebts() {
      const counted = await sql<{ count: number }>`
        select count(*)::int from attempts where proven_dead_at is null and settled_at is not null
      `.execute(db);
      return counted.rows[0]?.count ?? 0;
    },
  };
}

async function readIdentities(db: Database): Promise<Identities> {
  const row = await db
    .selectFrom('installation')
    .select(['temporal_namespace', 'task_namespace'])
    .executeTakeFirst();
  const { temporal_namespace: temporal, task_namespace: task } = row ?? {};
  return {
    ...(temporal && { temporalNamespace: temporal }),
    ...(task && { taskNamespace: task }),
  };
}

async function rebind(db: Database, to: Required<Identities>): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const open = await sql`
      select from attempts where settled_at is null and pod_uid is not null limit 1
    `.execute(tx);
    if (open.rows.length > 0) return false;
    await sql`
      update attempts set node_uid = null
      from installation
      where proven_dead_at is null and task_namespace is distinct from ${to.taskNamespace}
    `.execute(tx);
    await tx
      .updateTable('installation')
      .set({ temporal_namespace: to.temporalNamespace, task_namespace: to.taskNamespace })
      .execute();
    return true;
  });
}

async function endOf(db: Database, taskId: string): Promise<FinalState> {
  const task = await db
    .selectFrom('tasks')
    .select('cancel_asked_at')
    .where('id', '=', taskId)
    .executeTakeFirstOrThrow();
  return task.cancel_asked_at === null ? 'SYSTEM_ERROR' : 'CANCELED';
}

interface DebtRow {
  readonly number: number;
  readonly podUid: Debt['podUid'];
  readonly log: TaskLog | null;
}

async function debtsOf(tx: Tx, taskId: string): Promise<readonly DebtRow[]> {
  const found = await sql<DebtRow>`
    select number, pod_uid as "podUid", log from attempts
    where task_id = ${taskId} and settled_at is not null and proven_dead_at is null
    order by number
  `.execute(tx);
  return found.rows;
}

/** Users and auditors find the decision where they look for the end of the attempt. */
async function closeDebt(
  tx: Tx,
  taskId: string,
  { number, log, decision }: Pick<DebtRow, 'number' | 'log'> & { decision: Decision },
): Promise<void> {
  const told: TaskLog = {
    ...(log ?? { logs: [], outputs: [] }),
    system_logs: [...(log?.system_logs ?? []), sentenceOf(decision)],
  };
  await sql`
    update attempts set proven_dead_at = clock_timestamp(), log = ${JSON.stringify(told)}
    where task_id = ${taskId} and number = ${number}
  `.execute(tx);
}

function sentenceOf({ by, reason }: Decision): string {
  return toStorable(`${reason} Decided by ${by}.`);
}
