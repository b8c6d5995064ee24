/** Completes waiting `awaitPod` activities. */
import { ActivityNotFoundError, type Client } from '@temporalio/client';

import { awaitActivityId } from '../tes/attempt.ts';
import type { WaitCompleter } from './ports.ts';

/** A completion means "look again"; one that finds no waiting activity is dropped, because the next wait starts with a GET. */
export function createWaitCompleter(client: Client): WaitCompleter {
  return {
    async complete(attempt, seen) {
      try {
        await client.activity.complete(
          { workflowId: attempt.taskId, activityId: awaitActivityId(attempt) },
          seen,
        );
        return true;
      } catch (error) {
        if (error instanceof ActivityNotFoundError) return false;
        throw error;
      }
    },
  };
}
