/** The yardstick of the throughput: as many pods of the same shape on the same nodes, with nothing of ours around them. */
import { EventEmitter, once } from 'node:events';

import pLimit from 'p-limit';
import { v7 } from 'uuid';

import { followResource } from '../../../src/kubernetes/follow-resource.ts';
import type { Pod } from '../../../src/kubernetes/objects.ts';
import { openTaskNamespace, type TaskNamespace } from '../../support/task-namespace.ts';
import { makePod, removePod, removePods } from '../simulated-pods.ts';
import { type Pace, watchPace } from './pace.ts';

/** Makes `count` pods, so many of them at once, removes each when it has ended, and watches them end. */
export async function paceOfBarePods(
  namespace: string,
  { count, atOnce }: { count: number; atOnce: number },
): Promise<Pace> {
  const cluster = openTaskNamespace(v7(), namespace);
  const ends = followEnds(cluster);
  const limit = pLimit(atOnce);
  const runOne = async (): Promise<void> => {
    const name = await makePod(cluster, { fate: 'ok' });
    await ends.of(name);
    await removePod(cluster, name);
  };
  try {
    const all = Promise.all(Array.from({ length: count }, () => limit(runOne)));
    const [pace] = await Promise.all([watchPace(() => Promise.resolve(ends.count()), count), all]);
    return pace;
  } finally {
    await ends.stop();
    await removePods(cluster);
    cluster.close();
  }
}

/** Notes which pods have succeeded. */
function followEnds({ api, path }: TaskNamespace) {
  const ends = new EventEmitter().setMaxListeners(0);
  const names = new Set<string>();
  const stopping = new AbortController();
  const following = followResource<Pod>({
    api,
    path: `${path}/pods`,
    optional: false,
    signal: stopping.signal,
    log: { warn: () => undefined },
    onItem: ({ metadata, status }) => {
      if (status?.phase !== 'Succeeded') return;
      names.add(metadata?.name ?? '');
      ends.emit(metadata?.name ?? '');
    },
    onGone: () => undefined,
  });
  return {
    async of(name: string): Promise<void> {
      if (!names.has(name)) await once(ends, name);
    },
    count: () => names.size,
    async stop(): Promise<void> {
      stopping.abort();
      await following.ended;
    },
  };
}
