/** The Temporal worker of the worker role. */
import { NativeConnection, Worker } from '@temporalio/worker';

import type { TemporalSettings } from './client.ts';
import { loadWorkflowBundle } from './workflow-bundle.ts';

/** What a worker runs beside the workflows of this repository. */
export interface WorkerParts {
  readonly activities: object;
  readonly identity: string;
  /** Workflows kept in memory; a task beyond it is replayed when it wakes. */
  readonly maxCachedWorkflows: number;
}

/** Connects and creates the worker; `run()` it, and `shutdown()` it for a graceful end. */
export async function createTaskWorker(
  settings: TemporalSettings,
  parts: WorkerParts,
): Promise<{ worker: Worker; close: () => Promise<void> }> {
  const connection = await NativeConnection.connect({ address: settings.address });
  const worker = await Worker.create({
    connection,
    namespace: settings.namespace,
    taskQueue: settings.taskQueue,
    workflowBundle: await loadWorkflowBundle(),
    activities: parts.activities,
    identity: parts.identity,
    maxCachedWorkflows: parts.maxCachedWorkflows,
    maxConcurrentActivityTaskExecutions: 200,
    workflowTaskPollerBehavior: { type: 'autoscaling' },
    activityTaskPollerBehavior: { type: 'autoscaling' },
    stickyQueueScheduleToStartTimeout: '5 seconds',
    shutdownGraceTime: '20 seconds',
    shutdownForceTime: '25 seconds',
  });
  return { worker, close: () => connection.close() };
}
