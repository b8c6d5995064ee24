/** How many pods of a task were alive at once, as the watch of Kubernetes tells it. */
import { createPodWatch } from '../../src/kubernetes/list-watch.ts';
import { LABELS } from '../../src/tes/attempt.ts';
import type { PodObservation } from '../../src/tes/observation.ts';
import { hasEnded } from '../../src/tes/proven-dead.ts';
import type { TaskNamespace } from './task-namespace.ts';
import { environment } from './test-environment.ts';

/** What was seen since the beginning. */
export interface PodsAlive {
  /** The uids of all pods of the task that were ever alive, and how many of them at most at the same time. */
  of(taskId: string): { readonly uids: readonly string[]; readonly mostAtOnce: number };
  stop(): Promise<void>;
}

interface Record {
  readonly uids: Set<string>;
  readonly alive: Set<string>;
  mostAtOnce: number;
}

/** Begins to look; a pod is alive from the lifting of its gate until its end is reported. */
export async function watchPodsAlive({ api, installation }: TaskNamespace): Promise<PodsAlive> {
  const records = new Map<string, Record>();

  function recordOf(taskId: string): Record {
    const record = records.get(taskId) ?? { uids: new Set(), alive: new Set(), mostAtOnce: 0 };
    records.set(taskId, record);
    return record;
  }

  function look(pod: PodObservation, isAlive: boolean): void {
    const record = recordOf(pod.labels[LABELS.task] ?? '');
    if (isAlive) {
      record.uids.add(pod.uid);
      record.alive.add(pod.uid);
    } else {
      record.alive.delete(pod.uid);
    }
    record.mostAtOnce = Math.max(record.mostAtOnce, record.alive.size);
  }

  const watch = createPodWatch(
    api,
    { namespace: environment('TASK_NAMESPACE'), installation },
    { log: { warn: () => undefined } },
  );
  await watch.start({
    onPod: (pod) => {
      look(pod, !pod.gated && !hasEnded(pod));
    },
    onPodGone: (pod) => {
      look(pod, false);
    },
    onNode: () => undefined,
    onNodeGone: () => undefined,
    onPodsListed: () => undefined,
    onNodesListed: () => undefined,
  });
  return {
    of(taskId) {
      const { uids, mostAtOnce } = recordOf(taskId);
      return { uids: [...uids], mostAtOnce };
    },
    stop: () => watch.stop(),
  };
}
