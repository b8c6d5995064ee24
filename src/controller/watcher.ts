/** The watcher: from what Kubernetes shows to INITIALIZING and RUNNING rows and to woken workflows. */
import type { Logger } from 'pino';

import type { PodWatch } from '../kubernetes/ports.ts';
import type { ProjectionStore } from '../store/ports.ts';
import { measureEndedPods } from '../telemetry/metrics.ts';
import type { WaitCompleter } from '../temporal/ports.ts';
import { type AttemptRef, podName } from '../tes/attempt.ts';
import type { NodeObservation, PodClass, PodObservation } from '../tes/observation.ts';
import { isWorse, podClass, tesStateOf } from '../tes/pod-state.ts';
import { newOomKills, startOomDelivery } from './oom-delivery.ts';
import { sightingsOf, startRowDelivery } from './row-delivery.ts';
import { isNewReason, startWaitDelivery, waitOf } from './wait-delivery.ts';
import { startWakingDelivery } from './waking-delivery.ts';
import { attemptOf, createWatchedPods, remind, type WatchedPod } from './watched-pods.ts';

/** What the watcher acts on. */
export interface WatcherPorts {
  readonly watch: PodWatch;
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
   * lost: for each class once, for an ended pod every time. False when there is nothing to tell.
   */
  wakeIfChanged(attempt: AttemptRef & { readonly uid: string }): boolean;
  stop(): Promise<void>;
}

/**
 * Starts watching; resolves once the first list is through. Rows go forward only; a workflow is woken when the
 * coarse class of its pod worsens, never for texts that flap. Two watchers do no harm.
 */
export async function startWatcher(ports: WatcherPorts): Promise<Watcher> {
  const rows = startRowDelivery(ports.projection, ports.logger);
  const wakings = startWakingDelivery(ports.completer, ports.logger);
  const kills = startOomDelivery(ports.projection, ports.logger);
  const waits = startWaitDelivery(ports.projection, ports.logger);
  const watched = createWatchedPods();
  const stopMeasuring = measureEndedPods(() => watched.countEndedBefore(Date.now() - STUCK_MS));

  function tell(name: string, pod: WatchedPod, seen: PodClass): void {
    if (!isWorse(seen, pod.told)) return;
    pod.told = seen;
    if (seen === 'ended') pod.endedAt = Date.now();
    wakings.put(name, { attempt: pod.attempt, seen });
  }

  function show(pod: PodObservation, record: WatchedPod, node: NodeObservation | undefined): void {
    const state = tesStateOf(pod);
    if (state === record.shown || state === 'QUEUED') return;
    record.shown = state;
    rows.put(pod.name, sightingsOf(pod, record.attempt, node?.uid));
  }

  function forget(name: string, pod: WatchedPod): void {
    watched.pods.delete(name);
    tell(name, pod, 'gone');
  }

  function tellLost(nodeName: string): void {
    for (const [name, pod] of watched.on(nodeName)) tell(name, pod, 'node-lost');
  }

  await ports.watch.start({
    onPod(pod) {
      const attempt = attemptOf(pod);
      if (!attempt) return;
      const record = watched.remember(pod, attempt);
      const node = watched.nodes.get(pod.nodeName ?? '');
      const seen = podClass(pod, node);
      if (seen !== 'ended') show(pod, record, node);
      if (isNewReason(pod, record)) waits.put(pod.uid, waitOf(pod, record));
      for (const kill of newOomKills(pod, record)) kills.put(`${pod.uid} ${kill.container}`, kill);
      tell(pod.name, record, seen);
    },
    onPodGone(pod) {
      const record = watched.pods.get(pod.name);
      if (record?.uid === pod.uid) forget(pod.name, record);
    },
    onNode(node) {
      watched.nodes.set(node.name, node);
      if (!node.ready || node.outOfService) tellLost(node.name);
    },
    onNodeGone(node) {
      watched.nodes.delete(node.name);
      tellLost(node.name);
    },
    onListed(names) {
      for (const [name, pod] of watched.pods) if (!names.has(name)) forget(name, pod);
    },
  });

  return {
    wakeIfChanged(attempt) {
      const name = podName(attempt);
      const pod = watched.pods.get(name);
      const seen = pod?.uid === attempt.uid ? remind(pod) : 'gone';
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
