/** Everything that the measurements with pods work on. */
import type { Client } from '@temporalio/client';

import type { ApiClient } from '../../src/kubernetes/api-client.ts';
import { createTemporalClient } from '../../src/temporal/client.ts';
import { openTaskNamespace, type TaskNamespace } from '../support/task-namespace.ts';
import { environment } from '../support/test-environment.ts';
import { removeBarePods } from './bare-pod.ts';
import { type BenchClient, createBenchClient } from './bench-client.ts';
import { type BenchSystem, startBenchSystem, type SystemOptions } from './bench-system.ts';
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
  /** Every pod and Secret of this system, as `kind/name`. */
  objects(): Promise<readonly string[]>;
  /** How many events the history of a task's workflow has. */
  historyLength(taskId: string): Promise<number>;
}

/** A running system, and the engines it works with. */
interface Running {
  readonly system: BenchSystem;
  readonly namespace: TaskNamespace;
  readonly temporal: Client;
}

/** Starts a system for the time of `work`, and takes away what it and `work` made. `namespace`: where its pods are. */
export async function withSystem<T>(
  options: SystemOptions & { readonly namespace?: string },
  work: (running: Running) => Promise<T>,
): Promise<T> {
  const system = await startBenchSystem(options);
  const namespace = openTaskNamespace(await installationOf(system.databaseUrl), options.namespace);
  const temporal = createTemporalClient({
    address: environment('TEMPORAL_ADDRESS'),
    namespace: 'default',
    taskQueue: 'none',
  });
  try {
    return await untilInterrupted(() => work({ system, namespace, temporal: temporal.client }));
  } finally {
    await system.stop();
    await namespace.sweep();
    namespace.close();
    await terminateOpen(temporal.client, system.taskQueue);
    await temporal.close();
  }
}

/** A system in one process, measured from all sides for the time of `work`. */
export async function withRig<T>(work: (rig: Rig) => Promise<T>): Promise<T> {
  return withSystem({ processes: ['api,worker,controller'] }, async (running) => {
    const { system, namespace, temporal } = running;
    const { api, path } = namespace;
    const clock = await startPodClock(api, path);
    try {
      return await work({
        client: createBenchClient(system.tasks),
        api,
        path,
        clock,
        objects: () => namespace.objects(),
        historyLength: async (taskId) =>
          (await temporal.workflow.getHandle(taskId).describe()).historyLength,
      });
    } finally {
      await clock.stop();
      await removeBarePods(api, path);
    }
  });
}

/** After a failed measurement nobody works for these workflows any more. */
async function terminateOpen({ workflow }: Client, taskQueue: string): Promise<void> {
  const query = `TaskQueue = '${taskQueue}' and ExecutionStatus = 'Running'`;
  for await (const { workflowId } of workflow.list({ query })) {
    await workflow.getHandle(workflowId).terminate('the bench is over');
  }
}
