/** INITIALIZING and RUNNING on their way into the rows. */
import type { Logger } from 'pino';

import type { ProjectionStore, Sighting } from '../store/ports.ts';
import type { AttemptRef } from '../tes/attempt.ts';
import type { PodObservation } from '../tes/observation.ts';
import { startTimes, tesStateOf } from '../tes/pod-state.ts';
import { type Delivery, startDelivery } from './delivery.ts';

/** Writes sightings in batches; a batch that fails is written again. Keyed by pod name. */
export function startRowDelivery(
  projection: ProjectionStore,
  logger: Logger,
): Delivery<readonly Sighting[]> {
  return startDelivery<readonly Sighting[]>({
    name: 'projection',
    logger,
    send: async (batch) => {
      await projection.advance([...batch.values()].flat());
      return new Set(batch.keys());
    },
  });
}

/** INITIALIZING comes with every RUNNING, because a short task passes both between two looks. */
export function sightingsOf(
  pod: PodObservation,
  attempt: AttemptRef,
  nodeUid: string | undefined,
): Sighting[] {
  const times = startTimes(pod, undefined);
  const base = {
    ...attempt,
    uid: pod.uid,
    ...(pod.nodeName !== undefined && { nodeName: pod.nodeName }),
    ...(nodeUid !== undefined && { nodeUid }),
  };
  const initializing = sighting(base, 'INITIALIZING', times.initializingAt);
  if (tesStateOf(pod) !== 'RUNNING') return [initializing];
  return [initializing, sighting(base, 'RUNNING', times.runningAt)];
}

function sighting(
  base: Omit<Sighting, 'state' | 'at'>,
  state: Sighting['state'],
  time: Date | undefined,
): Sighting {
  return { ...base, state, at: time ?? new Date() };
}
