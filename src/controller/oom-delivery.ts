/** OOM kills on their way to the attempts: a restarted container's statuses may forget them. */
import type { Logger } from 'pino';

import type { OomSighting, ProjectionStore } from '../store/ports.ts';
import type { PodObservation } from '../tes/observation.ts';
import { endsOf } from '../tes/stages.ts';
import { type Delivery, startDelivery } from './delivery.ts';
import type { WatchedPod } from './watched-pods.ts';

/** Records OOM kills; what fails is recorded again. Keyed by pod uid and container. */
export function startOomDelivery(
  projection: ProjectionStore,
  logger: Logger,
): Delivery<OomSighting> {
  return startDelivery<OomSighting>({
    name: 'oom kills',
    logger,
    send: async (batch) => {
      await projection.recordOomKills([...batch.values()]);
      return new Set(batch.keys());
    },
  });
}

/** The kills that this look at the pod shows for the first time. */
export function newOomKills(pod: PodObservation, record: WatchedPod): OomSighting[] {
  const killed = pod.containers
    .filter((container) => endsOf(container).some(({ reason }) => reason === 'OOMKilled'))
    .map(({ name }) => name)
    .filter((name) => !record.oomKilled.has(name));
  for (const name of killed) record.oomKilled.add(name);
  return killed.map((container) => ({ ...record.attempt, uid: pod.uid, container }));
}
