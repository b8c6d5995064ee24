/** INITIALIZING and RUNNING on their way into the rows. */
import pLimit from 'p-limit';
import type { Logger } from 'pino';

import type { PodGateway } from '../kubernetes/ports.ts';
import type { ProjectionStore, Sighting } from '../store/ports.ts';
import type { PodObservation } from '../tes/observation.ts';
import { startTimes, tesStateOf } from '../tes/pod-state.ts';
import { type Delivery, startDelivery } from './delivery.ts';
import type { WatchedPod } from './watched-pods.ts';

/** What a pod shows of its task's state. */
export interface Shown {
  readonly record: WatchedPod;
  readonly sightings: readonly Sighting[];
}

const NODES_AT_ONCE = 8;

/** Writes what pods show, and which Node each is bound to, in batches; a batch that fails is written again. Keyed by pod name. */
export function startRowDelivery(
  projection: ProjectionStore,
  nodes: Pick<PodGateway, 'node'>,
  logger: Logger,
): Delivery<Shown> {
  const limit = pLimit(NODES_AT_ONCE);

  /**
   * Asked of the API server itself, after the binding was seen: a Node remembered from the watch may be an older one of
   * the same name, whose end would be taken for the end of the pod.
   */
  async function uidsOf(names: Iterable<string>): Promise<ReadonlyMap<string, string>> {
    const uids = new Map<string, string>();
    const ask = async (name: string): Promise<void> => {
      const node = await nodes.node(name);
      if (node !== undefined && node !== 'gone') uids.set(name, node.uid);
    };
    await Promise.all([...new Set(names)].map((name) => limit(ask, name)));
    return uids;
  }

  return startDelivery<Shown>({
    name: 'projection',
    logger,
    send: async (batch) => {
      const shown = [...batch.values()];
      const uids = await uidsOf(
        shown.flatMap(({ record: { nodeName, isBindingTold } }) =>
          nodeName === undefined || isBindingTold ? [] : [nodeName],
        ),
      );
      await projection.advance(
        shown.flatMap(({ record, sightings }) => {
          const uid = record.isBindingTold ? undefined : uids.get(record.nodeName ?? '');
          const node = uid === undefined ? undefined : { name: record.nodeName ?? '', uid };
          return sightings.map((sighting) => ({ ...sighting, ...(node && { node }) }));
        }),
      );
      for (const { record } of shown) record.isBindingTold = true;
      return new Set(batch.keys());
    },
  });
}

/** INITIALIZING comes with every RUNNING, because a short task passes both between two looks. */
export function sightingsOf(pod: PodObservation, record: WatchedPod): Shown {
  const times = startTimes(pod, undefined);
  const base = { ...record.attempt, uid: pod.uid };
  const initializing = sighting(base, 'INITIALIZING', times.initializingAt);
  if (tesStateOf(pod) !== 'RUNNING') return { record, sightings: [initializing] };
  return { record, sightings: [initializing, sighting(base, 'RUNNING', times.runningAt)] };
}

function sighting(
  base: Omit<Sighting, 'state' | 'at'>,
  state: Sighting['state'],
  time: Date | undefined,
): Sighting {
  return { ...base, state, at: time ?? new Date() };
}
