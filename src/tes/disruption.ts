/** Everything outside the task that ends a pod: which row of the table of ends it is. */
import type { EndRow } from './end-row.ts';
import { endVerdict } from './end-verdict.ts';
import { ENDS, type EndWay } from './ends.ts';
import type { Evidence } from './evidence.ts';
import type { PodObservation } from './observation.ts';
import { isNodeLost } from './pod-state.ts';
import { hasEnded } from './proven-dead.ts';
import { formatBytes } from './sentences.ts';
import type { Verdict } from './verdict.ts';

/** Kubelet texts of a pod that broke its own limits, unlike one that a short node had to give up. The first that fits tells. */
const OWN_LIMITS: readonly (readonly [EndWay, RegExp])[] = [
  ['recordLimit', /EmptyDir volume "records" exceeds the limit/],
  ['diskLimit', /EmptyDir volume "[^"]+" exceeds the limit/],
  ['podDiskLimit', /exceeds the total limit|exceeded its local ephemeral storage limit/],
];

/** Reasons with which a kubelet refuses a pod that the scheduler gave it. */
const REFUSAL =
  /^(OutOf.+|NodeAffinity|NodePorts|NodeName|TaintToleration|UnexpectedAdmissionError|AppArmor|Preempted.*Admission|PodOSNotSupported|InvalidNodeInfo)$/;

const SHUTDOWN = /^(Terminated|NodeShutdown|Shutdown)$/;

/** Reasons of the condition DisruptionTarget. */
const CONDITIONS: Readonly<Record<string, EndWay>> = {
  PreemptionByScheduler: 'preempted',
  DeletionByPodGC: 'nodeLost',
  DeletionByTaintManager: 'nodeTainted',
  EvictionByEvictionAPI: 'drained',
};

/**
 * The verdict on a pod that did not end by itself, or undefined when nothing disturbed it. A Node counts only while
 * the pod's own end is not known: what happens to it later changes nothing.
 */
export function disruptionVerdict(evidence: Evidence): Verdict | undefined {
  const way = disruption(evidence);
  if (way === undefined) return undefined;
  const { pod, diskLimitBytes, preemptible, retriesOn } = evidence;
  const verdict = endVerdict(way, {
    node: pod?.nodeName,
    said: pod?.message,
    disk: diskLimitBytes === undefined ? undefined : formatBytes(diskLimitBytes),
  });
  const { takesCapacity }: EndRow = ENDS[way];
  const isPreemption = takesCapacity === true && preemptible && !retriesOn;
  return isPreemption ? { ...verdict, state: 'PREEMPTED' } : verdict;
}

function disruption({ pod, node, intent }: Evidence): EndWay | undefined {
  const deleted = intent === undefined ? 'podDeleted' : 'podRemoved';
  if (pod === undefined) return node === 'gone' ? 'nodeLost' : deleted;
  const way = byReason(pod) ?? byCondition(pod);
  if (way !== undefined) return way;
  if (!hasEnded(pod) && isNodeLost(pod, node)) return 'nodeLost';
  return pod.deletedAt === undefined ? undefined : deleted;
}

/** What the kubelet said of the whole pod. */
function byReason({ reason = '', message = '' }: PodObservation): EndWay | undefined {
  if (reason === 'Evicted') return eviction(message);
  if (reason === 'DeadlineExceeded') return 'podDeadline';
  if (reason === 'Preempting') return 'preempted';
  if (reason === 'NodeLost') return 'nodeLost';
  if (SHUTDOWN.test(reason)) return 'nodeShutdown';
  return REFUSAL.test(reason) ? 'nodeRefused' : undefined;
}

function eviction(message: string): EndWay {
  const own = OWN_LIMITS.find(([, says]) => says.test(message));
  if (own !== undefined) return own[0];
  const resource = /low on resource: ([a-z-]+)/.exec(message)?.[1];
  if (resource === 'memory') return 'memoryPressure';
  return resource === 'ephemeral-storage' ? 'diskPressure' : 'nodePressure';
}

/** What a controller of Kubernetes noted when it took the pod away. */
function byCondition({ disruption }: PodObservation): EndWay | undefined {
  if (disruption === undefined) return undefined;
  return CONDITIONS[disruption] ?? 'disrupted';
}
