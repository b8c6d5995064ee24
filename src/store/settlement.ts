/** Ends: of an attempt, and of a task that has none. */
import { sql } from 'kysely';
import type { Logger } from 'pino';

import { type FinalState, isFinal, type TaskState } from '../tes/state.ts';
import type { TaskLog } from '../tes/task.ts';
import type { Verdict } from '../tes/verdict.ts';
import { findAttempt, listAttempts } from './attempt-rows.ts';
import type { Database, Tx } from './database.ts';
import type { Attempt, Settlement } from './ports.ts';
import { type Change, type LockedTask, lockTask, projectOne } from './projection.ts';

/** The stored end of an attempt and what became of its task. */
export interface Settled {
  readonly verdict: Verdict;
  readonly state: TaskState;
}

/** Which attempt is settled, and how. */
export interface Settling {
  readonly taskId: string;
  readonly number: number;
  readonly settlement: Settlement;
}

/**
 * Commits the end of an attempt: attempt, log, missed transitions and the task's state in one transaction.
 * A settled attempt stays as it is, so a late or repeated call only reads.
 */
export async function settleAttempt(
  db: Database,
  logger: Logger,
  { taskId, number, settlement }: Settling,
): Promise<Settled> {
  return db.transaction().execute(async (tx) => {
    const task = await lockExisting(tx, taskId);
    const attempt = await findAttempt(tx, taskId, number);
    if (attempt === undefined) throw new Error(`Task ${taskId} has no attempt ${number}.`);
    if (attempt.settledAt !== undefined) {
      return { verdict: attempt.verdict ?? settlement.verdict, state: task.state };
    }
    await close(tx, attempt, settlement);
    const state = await projectOne(tx, { task, changes: toChanges(settlement) }, logger);
    return { verdict: settlement.verdict, state };
  });
}

/**
 * Ends a task that has no open attempt. An open attempt whose pod was never recorded is closed with it: such a pod
 * never runs, and from now on recording its uid is refused. Throws when the pod of an open attempt is recorded.
 */
export async function endTask(
  db: Database,
  logger: Logger,
  end: { taskId: string; state: FinalState; reason: string },
): Promise<TaskState> {
  return db.transaction().execute(async (tx) => {
    const task = await lockExisting(tx, end.taskId);
    const attempts = await listAttempts(tx, end.taskId);
    const open = attempts.find(({ settledAt }) => settledAt === undefined);
    if (open?.podUid !== undefined) {
      if (isFinal(task.state)) return task.state;
      throw new Error(`Attempt ${open.number} of task ${end.taskId} has a pod; settle it first.`);
    }
    if (open !== undefined) await close(tx, open, { log: emptyLog(end.reason), provenDead: true });
    else await addReason(tx, attempts.at(-1), end.reason);
    const event = { type: 'ended', state: end.state } as const;
    const change: Change = { event, reason: end.reason, actor: 'worker' };
    return projectOne(tx, { task, changes: [change] }, logger);
  });
}

/** Users look for the reason in the last entry of `logs`. */
async function addReason(tx: Tx, last: Attempt | undefined, reason: string): Promise<void> {
  if (last === undefined) return;
  const row = tx.selectFrom('attempts').select('log').where('task_id', '=', last.taskId);
  const { log } = await row.where('number', '=', last.number).executeTakeFirstOrThrow();
  if (log === null) return;
  const told = { ...log, system_logs: [...(log.system_logs ?? []), reason] };
  await tx
    .updateTable('attempts')
    .set({ log: JSON.stringify(told) })
    .where('task_id', '=', last.taskId)
    .where('number', '=', last.number)
    .execute();
}

async function lockExisting(tx: Tx, taskId: string): Promise<LockedTask> {
  const task = await lockTask(tx, taskId);
  if (task === undefined) throw new Error(`There is no task ${taskId}.`);
  return task;
}

/** A closed attempt without a uid is proven dead: its pod, if there is one, is gated for ever. */
async function close(
  tx: Tx,
  attempt: Attempt,
  end: { log: TaskLog; provenDead: boolean; verdict?: Verdict },
): Promise<void> {
  const dead = end.provenDead || attempt.podUid === undefined;
  await tx
    .updateTable('attempts')
    .set({
      settled_at: sql`clock_timestamp()`,
      log: JSON.stringify(end.log),
      ...(end.verdict && { verdict: JSON.stringify(end.verdict) }),
      ...(dead && { proven_dead_at: sql`coalesce(proven_dead_at, clock_timestamp())` }),
    })
    .where('task_id', '=', attempt.taskId)
    .where('number', '=', attempt.number)
    .execute();
}

function toChanges({ initializingAt, runningAt, end, verdict }: Settlement): Change[] {
  const missed = { reason: 'Known from the records of the attempt.', actor: 'worker' } as const;
  const changes: Change[] = [];
  if (initializingAt)
    changes.push({ event: { type: 'initializing' }, at: initializingAt, ...missed });
  if (runningAt) changes.push({ event: { type: 'running' }, at: runningAt, ...missed });
  if (end) {
    const event = { type: 'ended', state: end } as const;
    changes.push({ event, reason: verdict.message, actor: 'worker' });
  }
  return changes;
}

function emptyLog(reason: string): TaskLog {
  return { logs: [], outputs: [], system_logs: [reason] };
}
