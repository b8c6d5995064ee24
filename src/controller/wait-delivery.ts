/** The scheduler's own words on their way to the rows of waiting tasks. */
import type { Logger } from 'pino';

import type { ProjectionStore, WaitSighting } from '../store/ports.ts';
import type { PodObservation } from '../tes/observation.ts';
import { type Delivery, startDelivery } from './delivery.ts';
import type { WatchedPod } from './watched-pods.ts';

const SHORTEST_PAUSE_MS = 60_000;

/** Writes reasons in batches; what fails is written again. Keyed by pod uid. */
export function startWaitDelivery(
  projection: ProjectionStore,
  logger: Logger,
): Delivery<WaitSighting> {
  return startDelivery<WaitSighting>({
    name: 'waiting reasons',
    logger,
    send: async (batch) => {
      await projection.recordWaits([...batch.values()]);
      return new Set(batch.keys());
    },
  });
}

/** True for a text that was not told yet, at most once a minute for each pod: schedulers change their words often. */
export function isNewReason(pod: PodObservation, { waitTold }: WatchedPod): boolean {
  if (pod.unschedulable === undefined || pod.unschedulable === waitTold?.reason) return false;
  return waitTold === undefined || Date.now() - waitTold.at >= SHORTEST_PAUSE_MS;
}

/** The sighting to tell, remembered as told. */
export function waitOf(pod: PodObservation, record: WatchedPod): WaitSighting {
  const reason = pod.unschedulable ?? '';
  record.waitTold = { at: Date.now(), reason };
  return {
    ...record.attempt,
    uid: pod.uid,
    reason: `The task waits for a node: ${reason}`,
  };
}
