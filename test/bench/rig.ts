/** Everything that the measurements with pods work on. */
import type { Client } from '@temporalio/client';

import type { ApiClient } from '../../src/kubernetes/api-client.ts';
import { createTemporalClient } from '../../src/temporal/client.ts';
import { openTaskNamespace } from '../support/task-namespace.ts';
import { environment } from '../support/test-environment.ts';
import { removeBarePods } from './bare-pod.ts';
import { type BenchClient, createBenchClient } from './bench-client.ts';
import { startBenchSystem } from './bench-system.ts';
import { installationOf } from './installation.ts';
import { untilInterrupted } from './interruption.ts';
import { type PodClock, startPodClock } from './pod-clock.ts';

/** A running system with all roles, its user, the cluster and a watch over its pods. */
export interface Rig {
  readonly client: BenchClient;
  readonly api: ApiClient;
  /** The path of the task namespace in the API of Kubernetes. */
  readonly path: string;
  readonly clock: PodClock;
  /** How many events the history of a task's workflow has. */
  historyLength(taskId: string): Promise<number>;
}

/** Starts a system for the time of `work`, and takes away what it and `work` made. */
export async function withRig<T>(work: (rig: Rig) => Promise<T>): Promise<T> {
  const system = await startBenchSystem('api,worker,controller');
  const namespace = openTaskNamespace(await installationOf(system.databaseUrl));
  const temporal = createTemporalClient({
    address: environment('TEMPORAL_ADDRESS'),
    namespace: 'default',
    taskQueue: 'none',
  });
  const { api, path } = namespace;
  const clock = await startPodClock(api, path);
  try {
    const rig: Rig = {
      client: createBenchClient(system.tasks),
      api,
      path,
      clock,
      historyLength: async (taskId) =>
        (await temporal.client.workflow.getHandle(taskId).describe()).historyLength,
    };
    return await untilInterrupted(() => work(rig));
  } finally {
    await clock.stop();
    await system.stop();
    await removeBarePods(api, path);
    await namespace.sweep();
    namespace.close();
    await terminateOpen(temporal.client, system.taskQueue);
    await temporal.close();
  }
}

/** After a failed measurement nobody works for these workflows any more. */
async function terminateOpen({ workflow }: Client, taskQueue: string): Promise<void> {
  const query = `TaskQueue = '${taskQueue}' and ExecutionStatus = 'Running'`;
  for await (const { workflowId } of workflow.list({ query })) {
    await workflow.getHandle(workflowId).terminate('the bench is over');
  }
}
