/** The answer to "may a pod be made for this task now?" */
import { sql } from 'kysely';
import type { Logger } from 'pino';

import { isFinal } from '../tes/state.ts';
import { findFacts, listAttempts, toAttempt } from './attempt-rows.ts';
import type { Database, Tx } from './database.ts';
import type { Attempt, Opening } from './ports.ts';
import { type LockedTask, lockTask, projectOne } from './projection.ts';

/**
 * Adopts the open attempt of a task, or opens its next one. The task's row stays locked from the question to the
 * answer, so of two callers one opens and the other adopts.
 */
export async function openAttempt(db: Database, logger: Logger, taskId: string): Promise<Opening> {
  return db.transaction().execute(async (tx): Promise<Opening> => {
    const task = await lockTask(tx, taskId);
    if (task === undefined) return { kind: 'missing' };
    const attempts = await listAttempts(tx, taskId);
    const last = attempts.at(-1);
    if (isFinal(task.state)) {
      return { kind: 'final', state: task.state, ...(last && { attempt: last }) };
    }

    const open = attempts.find(({ settledAt }) => settledAt === undefined);
    if (task.cancel_asked_at !== null) {
      return { kind: 'cancel-asked', ...(open && { attempt: open }) };
    }
    const debt = attempts.find((attempt) => attempt !== open && isUnproven(attempt));
    if (debt !== undefined) return { kind: 'unproven', attempt: debt };

    const attempt = open ?? (await insertAttempt(tx, logger, task));
    const facts = await findFacts(tx, taskId);
    return facts === undefined ? { kind: 'missing' } : { kind: 'open', task: facts, attempt };
  });
}

function isUnproven(attempt: Attempt): boolean {
  return attempt.provenDeadAt === undefined;
}

async function insertAttempt(tx: Tx, logger: Logger, task: LockedTask): Promise<Attempt> {
  const number = task.attempts + 1;
  const row = await tx
    .insertInto('attempts')
    .values({
      task_id: task.id,
      number,
      owner: task.owner,
      inline_bytes: sql<number>`
        coalesce((select inline_bytes from outbox where task_id = ${task.id}), 0)
      `,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await tx.updateTable('tasks').set({ attempts: number }).where('id', '=', task.id).execute();
  const change = {
    event: { type: 'attempt-opened' },
    reason: `Attempt ${number} begins.`,
    actor: 'worker',
  } as const;
  // The first attempt finds the task QUEUED already: there is nothing to tell.
  if (task.state !== 'QUEUED') await projectOne(tx, { task, changes: [change] }, logger);
  return toAttempt(row);
}
