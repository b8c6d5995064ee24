/** Labels and annotations: whose a pod is, what it was built from, and what must leave it alone. */
import { ANNOTATIONS, LABELS } from '../../tes/attempt.ts';
import type { PodObservation } from '../../tes/observation.ts';
import type { PodPlan } from '../ports.ts';
import { hashDocument } from './document-hash.ts';

/** The version of these builders: raised whenever the same plan gives another pod. */
const BUILDER = '3';

type Pairs = Record<string, string>;

/** The labels by which pods and Secrets are found again. */
export function buildIdentityLabels(plan: PodPlan): Pairs {
  return {
    [LABELS.installation]: plan.installation,
    [LABELS.task]: plan.taskId,
    [LABELS.attempt]: String(plan.number),
  };
}

/** The annotations that tell two builds apart. */
export function buildIdentityAnnotations(plan: PodPlan): Pairs {
  return {
    [ANNOTATIONS.documentHash]: hashDocument(plan.document),
    [ANNOTATIONS.builder]: BUILDER,
  };
}

/** Labels of a pod: its identity, and no sidecar, because a sidecar would keep the pod from ending. */
export function buildPodLabels(plan: PodPlan): Pairs {
  return { ...buildIdentityLabels(plan), 'sidecar.istio.io/inject': 'false' };
}

/** Annotations of a pod: its identity, and requests not to evict it or to inject sidecars. */
export function buildPodAnnotations(plan: PodPlan): Pairs {
  return {
    ...buildIdentityAnnotations(plan),
    'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false',
    'karpenter.sh/do-not-disrupt': 'true',
    'descheduler.alpha.kubernetes.io/prefer-no-eviction': 'true',
    'linkerd.io/inject': 'disabled',
  };
}

/** True when a pod carries the identity of this plan and of these builders. */
export function isBuiltFrom(pod: PodObservation, plan: PodPlan): boolean {
  return (
    holds(pod.labels, buildIdentityLabels(plan)) &&
    holds(pod.annotations, buildIdentityAnnotations(plan))
  );
}

function holds(found: Readonly<Pairs>, wanted: Pairs): boolean {
  return Object.entries(wanted).every(([key, value]) => found[key] === value);
}
