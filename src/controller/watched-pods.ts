/** What the watcher remembers: a small record per pod, never the pod itself. */
import { type AttemptRef, LABELS } from '../tes/attempt.ts';
import type { PodClass, PodObservation } from '../tes/observation.ts';

/** One pod as far as it matters for waking its workflow. */
export interface WatchedPod {
  readonly attempt: AttemptRef;
  readonly uid: string;
  nodeName: string | undefined;
  /** Its class by itself, whatever became of its Node. */
  own: PodClass;
  /** The class it was last seen in; its workflow was told when that was worse than the one before. */
  told: PodClass;
  /** When its workflow was reminded of that (epoch milliseconds), or undefined since it got worse. */
  remindedAt: number | undefined;
  /** When its workflow was told of its end (epoch milliseconds). */
  endedAt: number | undefined;
  /** Its row knows its Node by name and uid. */
  isBindingTold: boolean;
  /** The furthest TES state its row was told. */
  shown: 'QUEUED' | 'INITIALIZING' | 'RUNNING';
  /** When the scheduler's text was last told (epoch milliseconds), and which. */
  waitTold: { readonly at: number; readonly reason: string } | undefined;
  /** Containers whose OOM kill was told. */
  readonly oomKilled: Set<string>;
}

/** The attempt that a pod's labels name, or undefined for a pod that is none of ours. */
export function attemptOf(pod: PodObservation): AttemptRef | undefined {
  const taskId = pod.labels[LABELS.task];
  const number = Number(pod.labels[LABELS.attempt]);
  return taskId && Number.isInteger(number) ? { taskId, number } : undefined;
}

/** Pods by name, as last seen. */
export function createWatchedPods() {
  const pods = new Map<string, WatchedPod>();

  return {
    pods,
    /** The record of a pod; a pod of the same name with another uid is a new one. */
    remember(pod: PodObservation, attempt: AttemptRef): WatchedPod {
      const known = pods.get(pod.name);
      if (known?.uid === pod.uid) {
        known.nodeName = pod.nodeName;
        return known;
      }
      const fresh: WatchedPod = {
        attempt,
        uid: pod.uid,
        nodeName: pod.nodeName,
        own: 'fresh',
        told: 'fresh',
        remindedAt: undefined,
        endedAt: undefined,
        isBindingTold: false,
        shown: 'QUEUED',
        waitTold: undefined,
        oomKilled: new Set(),
      };
      pods.set(pod.name, fresh);
      return fresh;
    },
    /** How many pods ended before an instant (epoch milliseconds) and are still there. */
    countEndedBefore(instant: number): number {
      return [...pods.values()].filter(({ endedAt = Infinity }) => endedAt < instant).length;
    },
    on(nodeName: string): [string, WatchedPod][] {
      return [...pods].filter(([, pod]) => pod.nodeName === nodeName);
    },
  };
}

/** An ended pod is to be gone soon; for anything else a workflow has timers of its own. */
const REMIND_MS = 10 * 60_000;

/** The class a workflow is reminded of at `now` (epoch milliseconds); undefined while it is fresh or that was done lately. */
export function remind(pod: WatchedPod, now: number): PodClass | undefined {
  if (pod.told === 'fresh') return undefined;
  const isLate = now - (pod.remindedAt ?? -Infinity) >= REMIND_MS;
  if (pod.told !== 'ended' && !isLate) return undefined;
  pod.remindedAt = now;
  return pod.told;
}
