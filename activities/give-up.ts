/** The end of a task that Orrery itself cannot drive any further. */
import { ApplicationFailure } from '@temporalio/activity';

import type { AttemptStore } from '../src/store/ports.ts';
import { type FinalState, isFinal } from '../src/tes/state.ts';
import { internalError } from '../src/tes/verdicts.ts';

/** How the task ended, and its last attempt, which may still have a pod. */
export interface GivenUp {
  readonly state: FinalState;
  readonly number?: number;
}

/**
 * Ends the task through its row, without a look at its pod, which may be what the fault is about. An open attempt
 * with a pod is settled as a debt: its pod is deleted and its finalizer kept until it is proven dead.
 */
export function createGiveUp({
  attempts,
}: {
  readonly attempts: Pick<AttemptStore, 'latest' | 'settle' | 'end'>;
}) {
  return async function giveUp(taskId: string, activity: string): Promise<GivenUp> {
    const current = await attempts.latest(taskId);
    if (current === undefined) {
      throw ApplicationFailure.nonRetryable(`task ${taskId} is not in the database`, 'TaskMissing');
    }
    const { task, attempt } = current;
    const number = attempt && { number: attempt.number };
    if (isFinal(task.state)) return { state: task.state, ...number };

    const state: FinalState = task.cancelAskedAt === undefined ? 'SYSTEM_ERROR' : 'CANCELED';
    const verdict = internalError(activity);
    if (attempt?.podUid === undefined || attempt.settledAt !== undefined) {
      await attempts.end(taskId, state, verdict.message);
    } else {
      await attempts.settle(taskId, attempt.number, {
        verdict,
        log: { logs: [], outputs: [], system_logs: [verdict.message] },
        end: state,
        provenDead: false,
      });
    }
    return { state, ...number };
  };
}
