/** The watcher: from what Kubernetes shows to INITIALIZING and RUNNING rows and to woken workflows. */
import pLimit from 'p-limit';
import type { Logger } from 'pino';

import type { PodWatch } from '../kubernetes/ports.ts';
import type { ProjectionStore, Sighting } from '../store/ports.ts';
import type { WaitCompleter } from '../temporal/ports.ts';
import type { PodClass, PodObservation } from '../tes/observation.ts';
import { isWorse, podClass, startTimes, tesStateOf } from '../tes/pod-state.ts';
import { startDelivery } from './delivery.ts';
import { attemptOf, createWatchedPods, type WatchedAttempt, type WatchedPod } from './watched-pods.ts';

/** What the watcher acts on. */
export interface WatcherPorts {
  readonly watch: PodWatch;
  readonly projection: ProjectionStore;
  readonly completer: WaitCompleter;
  readonly logger: Logger;
}

interface Waking {
  readonly attempt: WatchedAttempt;
  readonly seen: PodClass;
}

const COMPLETIONS_IN_FLIGHT = 16;

/**
 * Starts watching; resolves once the first list is through. Rows are written in batches, forward only; a workflow
 * is woken when the coarse class of its pod worsens, never for texts that flap. Two watchers do no harm.
 */
export async function startWatcher(ports: WatcherPorts): Promise<{ stop(): Promise<void> }> {
  const { watch, projection, completer, logger } = ports;
  const watched = createWatchedPods();

  const rows = startDelivery<readonly Sighting[]>({
    name: 'projection',
    logger,
    send: async (batch) => {
      await projection.advance([...batch.values()].flat());
      return new Set(batch.keys());
    },
  });

  const limit = pLimit(COMPLETIONS_IN_FLIGHT);
  const wakings = startDelivery<Waking>({
    name: 'completion',
    logger,
    send: async (batch) => {
      const arrived = new Set<string>();
      const complete = async ([name, waking]: [string, Waking]): Promise<void> => {
        try {
          await completer.complete(waking.attempt, waking.seen);
          arrived.add(name);
        } catch (error) {
          logger.debug({ err: error, taskId: waking.attempt.taskId }, 'completion not delivered');
        }
      };
      await Promise.all([...batch].map((entry) => limit(complete, entry)));
      return arrived;
    },
  });

  function tell(name: string, pod: WatchedPod, seen: PodClass): void {
    if (!isWorse(seen, pod.told)) return;
    pod.told = seen;
    wakings.put(name, { attempt: pod.attempt, seen });
  }

  function show(pod: PodObservation, record: WatchedPod): void {
    const state = tesStateOf(pod);
    if (state === record.shown || state === 'QUEUED' || record.own === 'ended') return;
    record.shown = state;
    rows.put(pod.name, sightingsOf(pod, record.attempt, watched.nodes.get(pod.nodeName ?? '')?.uid));
  }

  await watch.start({
    onPod(pod) {
      const attempt = attemptOf(pod);
      if (!attempt) return;
      const record = watched.remember(pod, attempt);
      record.own = podClass(pod, undefined);
      show(pod, record);
      tell(pod.name, record, podClass(pod, watched.nodes.get(pod.nodeName ?? '')));
    },
    onPodGone(pod) {
      const record = watched.pods.get(pod.name);
      if (record?.uid !== pod.uid) return;
      watched.pods.delete(pod.name);
      tell(pod.name, record, 'gone');
    },
    onNode(node) {
      watched.nodes.set(node.name, node);
      if (node.ready && !node.outOfService) return;
      for (const [name, pod] of watched.on(node.name)) tell(name, pod, 'node-lost');
    },
    onNodeGone(node) {
      watched.nodes.delete(node.name);
      for (const [name, pod] of watched.on(node.name)) tell(name, pod, 'node-lost');
    },
    onListed(names) {
      for (const [name, pod] of watched.pods) {
        if (names.has(name)) continue;
        watched.pods.delete(name);
        tell(name, pod, 'gone');
      }
    },
  });

  return {
    async stop() {
      await watch.stop();
      await Promise.all([rows.stop(), wakings.stop()]);
    },
  };
}

/** INITIALIZING comes with every RUNNING, because a short task passes both between two looks. */
function sightingsOf(
  pod: PodObservation,
  attempt: WatchedAttempt,
  nodeUid: string | undefined,
): Sighting[] {
  const times = startTimes(pod, undefined);
  const at = (time: string | undefined): Date => (time === undefined ? new Date() : new Date(time));
  const base = {
    ...attempt,
    uid: pod.uid,
    ...(pod.nodeName !== undefined && { nodeName: pod.nodeName }),
    ...(nodeUid !== undefined && { nodeUid }),
  };
  const initializing: Sighting = { ...base, state: 'INITIALIZING', at: at(times.initializingAt) };
  if (tesStateOf(pod) !== 'RUNNING') return [initializing];
  return [initializing, { ...base, state: 'RUNNING', at: at(times.runningAt) }];
}
