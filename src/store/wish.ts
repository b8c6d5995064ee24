/** The wish to cancel, from a client or through Temporal. */
import { sql } from 'kysely';
import type { Logger } from 'pino';

import { isFinal, type TaskEvent } from '../tes/state.ts';
import type { Database, Tx } from './database.ts';
import type { CancelOutcome } from './ports.ts';
import { type Actor, type LockedTask, lockTask, projectOne } from './projection.ts';
import { isTaskId } from './text.ts';

/**
 * Cancels a task of an owner. What was never claimed and has no attempt is CANCELED at once; else the wish is
 * recorded and the outbox row wants the workflow cancelled. Asking again changes nothing.
 */
export async function cancelTask(
  db: Database,
  logger: Logger,
  { owner, id }: { owner: string; id: string },
): Promise<CancelOutcome> {
  if (!isTaskId(id)) return { kind: 'not-found' };
  return db.transaction().execute(async (tx): Promise<CancelOutcome> => {
    const task = await lockTask(tx, id);
    if (task?.owner !== owner) return { kind: 'not-found' };
    if (isFinal(task.state)) return { kind: 'final' };
    if (task.cancel_asked_at !== null) return { kind: 'canceling' };

    if (await isUntouched(tx, task)) {
      const event = { type: 'ended', state: 'CANCELED' } as const;
      const reason = 'The task was canceled before it was started.';
      await wish(tx, logger, { task, event, reason, actor: 'api' });
      return { kind: 'canceled' };
    }
    const event = { type: 'cancel-asked' } as const;
    await desireCancel(tx, id);
    await wish(tx, logger, { task, event, reason: 'The client asked to cancel.', actor: 'api' });
    return { kind: 'canceling' };
  });
}

/** Records the wish of a task that was cancelled through Temporal, where nothing is left to be told. */
export async function recordWish(db: Database, logger: Logger, taskId: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const task = await lockTask(tx, taskId);
    if (task === undefined || isFinal(task.state)) return;
    await sql`
      update outbox set desired = 'cancel', claimed = 'cancel', dispatched_at = now()
      where task_id = ${taskId}
    `.execute(tx);
    if (task.cancel_asked_at !== null) return;
    const event = { type: 'cancel-asked' } as const;
    await wish(tx, logger, { task, event, reason: 'The workflow was cancelled.', actor: 'worker' });
  });
}

async function wish(
  tx: Tx,
  logger: Logger,
  { task, ...change }: { task: LockedTask; event: TaskEvent; reason: string; actor: Actor },
): Promise<void> {
  await sql`update tasks set cancel_asked_at = now() where id = ${task.id}`.execute(tx);
  await projectOne(tx, { task, changes: [change] }, logger);
}

/** True when no workflow of the task can exist: its outbox row, locked here, was never claimed. */
async function isUntouched(tx: Tx, task: LockedTask): Promise<boolean> {
  const row = await tx
    .selectFrom('outbox')
    .select('claims')
    .where('task_id', '=', task.id)
    .forUpdate()
    .executeTakeFirst();
  return row?.claims === 0 && task.attempts === 0;
}

/** A claim in flight keeps its time: its holder learns from `markDispatched` that more is to be done. */
async function desireCancel(tx: Tx, id: string): Promise<void> {
  await sql`
    update outbox set
      desired = 'cancel',
      dispatched_at = null,
      claim_expires_at = case when dispatched_at is null then claim_expires_at end
    where task_id = ${id}
  `.execute(tx);
}
