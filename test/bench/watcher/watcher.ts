/** Memory of the watcher, and the time of its list, with many pods that run. */
import { v7 } from 'uuid';

import { openTaskNamespace } from '../../support/task-namespace.ts';
import { until } from '../../support/until.ts';
import { toFigure } from '../figure.ts';
import { countOf, type Extent, type Findings } from '../part.ts';
import { withSimulatedNodes } from '../simulated.ts';
import { makePods, removePods } from '../simulated-pods.ts';
import { type Look, startWatching } from './watching.ts';

const NODES = 2;
const PATIENCE_MS = 10 * 60_000;
const MIB = 1024 * 1024;

/** What three looks found: before there were pods, after they came, and by a second watcher that listed them. */
interface Looks {
  readonly empty: Look;
  readonly followed: Look;
  readonly listed: Look;
}

/** Makes pods that run for an hour on simulated nodes while the real watcher looks; then a second one lists them. */
export async function measureWatcher(
  extent: Extent,
  say: (line: string) => void,
): Promise<Findings> {
  const count = countOf(extent, { quick: 200, full: 10_000 });
  say(`${count} running pods on ${NODES} simulated nodes …`);
  const size = { nodes: NODES, podsPerNode: count, say };
  return withSimulatedNodes(size, async ({ namespace, names }) => {
    const installation = v7();
    const cluster = openTaskNamespace(installation, namespace);
    const first = startWatching(namespace, installation);
    try {
      const empty = await first.look();
      await makePods(cluster, { count, fate: 'run-3600s', nodes: names });
      const followed = await until(async () => {
        const look = await first.look();
        return look.running === count && look;
      }, ALL_RUN);
      const second = startWatching(namespace, installation);
      const listed = await second.look().finally(() => second.stop());
      return toFindings(count, { empty, followed, listed });
    } finally {
      await first.stop();
      await removePods(cluster);
      cluster.close();
    }
  });
}

const ALL_RUN = { what: 'all pods run', withinMs: PATIENCE_MS, everyMs: 1_000 };

function toFindings(count: number, { empty, followed, listed }: Looks): Findings {
  const perPod = (followed.heap - empty.heap) / count / 1024;
  return {
    figures: [
      toFigure('watcher: memory (RSS) without pods', 'MiB', [empty.rss / MIB]),
      toFigure(`watcher: memory (RSS) with ${count} pods`, 'MiB', [followed.rss / MIB]),
      toFigure(`watcher: heap with ${count} pods`, 'MiB', [followed.heap / MIB]),
      toFigure('watcher: heap a pod', 'KiB', [perPod]),
      toFigure(`watcher: list of ${count} pods`, 'ms', [listed.listMs]),
      toFigure('watcher: memory (RSS) after the list', 'MiB', [listed.rss / MIB]),
    ],
    notes: [],
  };
}
