/** The history of one task's workflow, as Temporal recorded it. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';

export type { History };

/** Fetches the whole history of a task's latest run; undefined when Temporal knows no such workflow. */
export async function fetchHistory(client: Client, taskId: string): Promise<History | undefined> {
  const handle = client.workflow.getHandle(taskId);
  try {
    // Only this call turns "not found" into an error of its own.
    await handle.describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
  return handle.fetchHistory();
}
