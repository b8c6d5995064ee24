/** The watcher: from what Kubernetes shows to INITIALIZING and RUNNING rows and to woken workflows. */
import type { Logger } from 'pino';

import type { PodGateway, PodWatch } from '../kubernetes/ports.ts';
import type { ProjectionStore } from '../store/ports.ts';
import { measureEndedPods } from '../telemetry/metrics.ts';
import type { WaitCompleter } from '../temporal/ports.ts';
import { type AttemptRef, podName } from '../tes/attempt.ts';
import type { PodClass, PodObservation } from '../tes/observation.ts';
import { isWorse, podClass, tesStateOf } from '../tes/pod-state.ts';
import { newOomKills, startOomDelivery } from './oom-delivery.ts';
import { sightingsOf, startRowDelivery } from './row-delivery.ts';
import { isNewReason, startWaitDelivery, waitOf } from './wait-delivery.ts';
import { startWakingDelivery } from './waking-delivery.ts';
import { createWatchedNodes } from './watched-nodes.ts';
import { attemptOf, createWatchedPods, remind, type WatchedPod } from './watched-pods.ts';

/** What the watcher acts on. */
export interface WatcherPorts {
  readonly watch: PodWatch;
  readonly nodes: Pick<PodGateway, 'node'>;
  readonly projection: ProjectionStore;
  readonly completer: WaitCompleter;
  readonly logger: Logger;
}

/** An ended pod that is still there after this time counts as stuck. */
const STUCK_MS = 300_000;

/** A running watcher. */
export interface Watcher {
  /**
   * Wakes the workflow of an open attempt whose pod is worse than fresh or was not seen, in case the first waking was
   * lost: now and again, for an ended pod every time. False when there is nothing to tell.
   */
  wakeIfChanged(attempt: AttemptRef & { readonly uid: string }): boolean;
  stop(): Promise<void>;
}

/**
 * Starts watching; resolves once the first list is through. Rows go forward only; a workflow is woken when the
 * coarse class of its pod worsens, also after it had healed, never for texts that flap. Two watchers do no harm.
 */
export async function startWatcher(ports: WatcherPorts): Promise<Watcher> {
  const rows = startRowDelivery(ports.projection, ports.nodes, ports.logger);
  const wakings = startWakingDelivery(ports.completer, ports.logger);
  const kills = startOomDelivery(ports.projection, ports.logger);
  const waits = startWaitDelivery(ports.projection, ports.logger);
  const watched = createWatchedPods();
  const stopMeasuring = measureEndedPods(() => watched.countEndedBefore(Date.now() - STUCK_MS));

  function wake(name: string, pod: WatchedPod): void {
    pod.remindedAt = undefined;
    if (pod.told === 'ended') pod.endedAt = Date.now();
    wakings.put(name, { attempt: pod.attempt, seen: pod.told });
  }

  function tell(name: string, pod: WatchedPod, seen: PodClass): void {
    const isNews = isWorse(seen, pod.told);
    pod.told = seen;
    if (isNews) wake(name, pod);
  }

  function show(pod: PodObservation, record: WatchedPod): void {
    const state = tesStateOf(pod);
    if (state === record.shown || state === 'QUEUED') return;
    record.shown = state;
    rows.put(pod.name, sightingsOf(pod, record));
  }

  function forget(name: string, pod: WatchedPod): void {
    watched.pods.delete(name);
    tell(name, pod, 'gone');
  }

  const nodes = createWatchedNodes({ on: (name) => watched.on(name), wake });

  await ports.watch.start({
    onPod(pod) {
      const attempt = attemptOf(pod);
      if (!attempt) return;
      const record = watched.remember(pod, attempt);
      record.own = podClass(pod, undefined);
      const seen = podClass(pod, nodes.get(pod.nodeName));
      if (seen !== 'ended') show(pod, record);
      if (isNewReason(pod, record)) waits.put(pod.uid, waitOf(pod, record));
      for (const kill of newOomKills(pod, record)) kills.put(`${pod.uid} ${kill.container}`, kill);
      tell(pod.name, record, seen);
    },
    onPodGone(pod) {
      const record = watched.pods.get(pod.name);
      if (record?.uid === pod.uid) forget(pod.name, record);
    },
    onPodsListed(names) {
      for (const [name, pod] of watched.pods) if (!names.has(name)) forget(name, pod);
    },
    onNode: nodes.onNode,
    onNodeGone: nodes.onNodeGone,
    onNodesListed: nodes.onNodesListed,
  });

  return {
    wakeIfChanged(attempt) {
      const name = podName(attempt);
      const pod = watched.pods.get(name);
      const seen = pod?.uid === attempt.uid ? remind(pod, Date.now()) : 'gone';
      if (seen === undefined) return false;
      wakings.put(name, { attempt, seen });
      return true;
    },
    async stop() {
      stopMeasuring();
      const running = [ports.watch, rows, wakings, kills, waits];
      await Promise.all(running.map((one) => one.stop()));
    },
  };
}
