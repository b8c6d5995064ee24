/** Starts and cancels `runTask`. */
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client';

import { RUN_TASK } from './names.ts';
import type { LaunchOutcome, TaskLauncher } from './ports.ts';

/** Workflow id = task id; the input is the id alone, so no document and no secret enters a history. */
export function createTaskLauncher(client: Client, taskQueue: string): TaskLauncher {
  async function start(taskId: string): Promise<LaunchOutcome> {
    try {
      await client.workflow.start(RUN_TASK, {
        workflowId: taskId,
        taskQueue,
        args: [{ taskId }],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
      });
      return 'open';
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      const { status } = await client.workflow.getHandle(taskId).describe();
      return status.name === 'RUNNING' ? 'open' : 'closed';
    }
  }

  /** A workflow that is closed already has nothing left to cancel: its row says how it ended. */
  async function cancel(taskId: string): Promise<void> {
    try {
      await client.workflow.getHandle(taskId).cancel();
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }

  return {
    async launch({ taskId, desired }) {
      const outcome = await start(taskId);
      if (outcome === 'open' && desired === 'cancel') await cancel(taskId);
      return outcome;
    },
  };
}
