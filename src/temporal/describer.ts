/** What Temporal itself says of a task's workflow. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';

import { TransientError } from '../errors/tes-error.ts';

/** `unknown`: Temporal has no such workflow, or not any more. */
export type WorkflowSight = 'open' | 'closed' | 'unknown';

/** Direct questions; visibility queries are late and therefore no evidence. */
export interface WorkflowDescriber {
  /** The latest run of a task's workflow. Throws a TransientError when Temporal cannot be asked. */
  describe(taskId: string): Promise<WorkflowSight>;
}

const TIMEOUT_MS = 10_000;

/** A state that is not named here, such as one of a newer server, is no evidence that the workflow has ended. */
const CLOSED: ReadonlySet<string> = new Set([
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'TERMINATED',
  'TIMED_OUT',
]);

/** True for the names of states in which a workflow has ended. */
export function isClosed(status: string): boolean {
  return CLOSED.has(status);
}

/** The describer over a client. */
export function createWorkflowDescriber(client: Client): WorkflowDescriber {
  return {
    async describe(taskId) {
      try {
        const { status } = await client.withDeadline(Date.now() + TIMEOUT_MS, () =>
          client.workflow.getHandle(taskId).describe(),
        );
        return isClosed(status.name) ? 'closed' : 'open';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return 'unknown';
        throw new TransientError('Temporal cannot be asked.', { cause: error });
      }
    },
  };
}
