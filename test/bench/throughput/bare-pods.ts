/** The yardstick of the throughput: as many pods of the same shape on the same nodes, with nothing of ours around them. */
import { v7 } from 'uuid';

import { followResource } from '../../../src/kubernetes/follow-resource.ts';
import type { Pod } from '../../../src/kubernetes/objects.ts';
import { openTaskNamespace, type TaskNamespace } from '../../support/task-namespace.ts';
import { makePods, removePods } from '../simulated-pods.ts';
import { type Pace, watchPace } from './pace.ts';

/** Makes pods as fast as they are taken, and watches them end. */
export async function paceOfBarePods(namespace: string, count: number): Promise<Pace> {
  const cluster = openTaskNamespace(v7(), namespace);
  const ends = followEnds(cluster);
  try {
    const made = makePods(cluster, { count, fate: 'ok' });
    const pace = await watchPace(() => Promise.resolve(ends.count()), count);
    await made;
    return pace;
  } finally {
    await ends.stop();
    await removePods(cluster);
    cluster.close();
  }
}

/** Counts pods that have succeeded. */
function followEnds({ api, path }: TaskNamespace) {
  const ended = new Set<string>();
  const stopping = new AbortController();
  const following = followResource<Pod>({
    api,
    path: `${path}/pods`,
    optional: false,
    signal: stopping.signal,
    log: { warn: () => undefined },
    onItem: ({ metadata, status }) => {
      if (status?.phase === 'Succeeded') ended.add(metadata?.name ?? '');
    },
    onGone: () => undefined,
  });
  return {
    count: () => ended.size,
    async stop(): Promise<void> {
      stopping.abort();
      await following.ended;
    },
  };
}
