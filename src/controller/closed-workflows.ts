/** The part of the collector that ends tasks whose workflow is closed, for instance terminated by an operator. */
import type { Logger } from 'pino';

import type { SettleResult } from '../../activities/results.ts';
import type { AttemptStore } from '../store/ports.ts';
import type { AttemptRef } from '../tes/attempt.ts';
import { type FinalState, isFinal } from '../tes/state.ts';
import type { Intent } from '../tes/verdict.ts';

/** What it acts on: the rows, and the same steps that the workflow would have taken. */
export interface ClosedWorkflowPorts {
  readonly attempts: Pick<AttemptStore, 'latest' | 'end'>;
  readonly removePod: (input: AttemptRef & { readonly intent: Intent }) => Promise<void>;
  readonly settleAttempt: (
    input: AttemptRef & { readonly goneSince?: number },
  ) => Promise<SettleResult>;
  readonly logger: Logger;
}

const REASON =
  'The workflow of this task was closed in Temporal before the task had ended; nothing drives it any more.';

/**
 * A pod that is gone without proof of its death, as after a restore of the rows, is not waited for: no attempt follows
 * here that could run beside it, and nobody would remember since when it is gone.
 */
const LONG_AGO = 0;

/**
 * Ends such a task: its pod is deleted and, once proven dead, settled as what it truly did; a task without a settled
 * end becomes SYSTEM_ERROR, or CANCELED when that was asked. Answers false while the proof is awaited: ask again.
 */
export function createClosedWorkflowEnder({
  attempts,
  removePod,
  settleAttempt,
  logger,
}: ClosedWorkflowPorts) {
  return async function endClosed(taskId: string): Promise<boolean> {
    const current = await attempts.latest(taskId);
    if (current === undefined || isFinal(current.task.state)) return true;
    const { task, attempt } = current;

    if (attempt !== undefined && attempt.settledAt === undefined) {
      const ref = { taskId, number: attempt.number };
      await removePod({ ...ref, intent: { kind: task.cancelAskedAt ? 'cancel' : 'clean-up' } });
      const settled = await settleAttempt({ ...ref, goneSince: LONG_AGO });
      if (settled.kind === 'done') return true;
      if (settled.kind !== 'next') return false;
    }
    const state: FinalState = task.cancelAskedAt ? 'CANCELED' : 'SYSTEM_ERROR';
    logger.warn({ taskId, state }, 'ended a task whose workflow is closed');
    await attempts.end(taskId, state, REASON);
    return true;
  };
}
