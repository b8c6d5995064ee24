/** The activities on a real database and a real cluster, to be stopped between any two of their steps. */
import { createActivities } from '../../activities/index.ts';
import type { PodGateway } from '../../src/kubernetes/ports.ts';
import { podName } from '../../src/tes/attempt.ts';
import type { PodObservation } from '../../src/tes/observation.ts';
import type { TaskDocument } from '../../src/tes/task.ts';
import { openTestCluster, type TestCluster } from './cluster.ts';
import { aNewTask, openTestStore, type TestStore } from './store.ts';

/** Everything the tests of one file act on. */
export interface ActivityBench {
  readonly store: TestStore;
  readonly cluster: TestCluster;
  /** The activities of one worker; `steps` replaces some of what it does in Kubernetes. */
  worker(steps?: Partial<PodGateway>): ReturnType<typeof createActivities>;
  /** Creates a task and returns its id. */
  aTask(document?: TaskDocument): Promise<string>;
  /** The pod of an attempt as it is now. */
  pod(taskId: string, number?: number): Promise<PodObservation | undefined>;
  cancel(taskId: string): Promise<void>;
  close(): Promise<void>;
}

const OWNER = 'ada';
const HOUR_MS = 3_600_000;

const rules = {
  deadlines: { queueMs: HOUR_MS, pullMs: HOUR_MS, totalMs: HOUR_MS },
  retry: { maxAttempts: 3, backoffMs: 1_000 },
  patienceMs: 30_000,
  nodeLostMs: HOUR_MS,
  graceMs: 2_000,
  defaultRamGb: 0.1,
  defaultDiskGb: 0.1,
};

/** Opens a fresh database and the cluster of the tests. */
export async function openActivityBench(): Promise<ActivityBench> {
  const store = await openTestStore();
  const cluster = openTestCluster();
  return {
    store,
    cluster,
    worker: (steps = {}) =>
      createActivities({
        installation: cluster.installation,
        attempts: store.attempts,
        pods: { ...cluster.pods, ...steps },
        rules,
      }),
    async aTask(document = { executors: [cluster.anExecutor({})] }) {
      const task = aNewTask({ owner: OWNER, document });
      await store.tasks.create(task);
      return task.id;
    },
    pod: (taskId, number = 1) => cluster.pods.get(podName({ taskId, number })),
    async cancel(taskId) {
      await store.tasks.cancel(OWNER, taskId);
    },
    async close() {
      await cluster.close();
      await store.close();
    },
  };
}

/** A step that waits in the middle until it is let go. */
export function aPause() {
  const reached = Promise.withResolvers<undefined>();
  const released = Promise.withResolvers<undefined>();
  return {
    reached: reached.promise,
    release: () => {
      released.resolve(undefined);
    },
    async here(): Promise<void> {
      reached.resolve(undefined);
      await released.promise;
    },
  };
}
