/** The way back: what a pod or node says of itself, reduced to what Orrery decides on. */
import { FINALIZER, GATE } from '../tes/attempt.ts';
import type {
  ContainerObservation,
  ContainerState,
  NodeObservation,
  PodObservation,
  TerminatedState,
} from '../tes/observation.ts';
import type { Container, ContainerStatus, Node, Pod } from './objects.ts';

type Pairs = Record<string, string>;
type ApiState = ContainerStatus['state'];
type Condition = NonNullable<NonNullable<Pod['status']>['conditions']>[number];

const OURS = 'orrery.dev/';
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';
const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed'] as const;

/** Reduces a pod as the API gave it. */
export function observePod(pod: Pod): PodObservation {
  const { spec, status = {} } = pod;
  return {
    ...observeIdentity(pod.metadata ?? {}),
    phase: PHASES.find((phase) => phase === status.phase) ?? 'Unknown',
    gated: spec?.schedulingGates?.some((gate) => gate.name === GATE) ?? false,
    containers: observeContainers(pod),
    ...present('reason', status.reason),
    ...present('message', status.message),
    ...present('phaseFromKubelet', wrotePhase(pod, 'kubelet') ? (true as const) : undefined),
    ...present('nodeName', spec?.nodeName),
    ...observeConditions(status.conditions ?? []),
  };
}

/** True when that program was the last to write the phase: the API server notes who owns which field of the status. */
function wrotePhase({ metadata }: Pod, manager: string): boolean {
  return (metadata?.managedFields ?? []).some((entry) => {
    const fields = entry.fieldsV1 as { 'f:status'?: Record<string, unknown> } | undefined;
    const isOfStatus = entry.manager === manager && entry.subresource === 'status';
    return isOfStatus && fields?.['f:status']?.['f:phase'] !== undefined;
  });
}

/** Reduces a node as the API gave it. */
export function observeNode({ metadata = {}, spec, status }: Node): NodeObservation {
  const readiness = status?.conditions?.find((one) => one.type === 'Ready');
  const ready = readiness?.status === 'True';
  return {
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    ready,
    outOfService: spec?.taints?.some((taint) => taint.key === OUT_OF_SERVICE) ?? false,
    ...present('notReadySince', ready ? undefined : readiness?.lastTransitionTime),
  };
}

function observeIdentity(
  metadata: NonNullable<Pod['metadata']>,
): Pick<
  PodObservation,
  'name' | 'uid' | 'labels' | 'annotations' | 'createdAt' | 'deletedAt' | 'held'
> {
  return {
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    labels: ours(metadata.labels),
    annotations: ours(metadata.annotations),
    createdAt: metadata.creationTimestamp ?? '',
    held: metadata.finalizers?.includes(FINALIZER) ?? false,
    ...present('deletedAt', metadata.deletionTimestamp),
  };
}

function observeConditions(
  conditions: readonly Condition[],
): Pick<PodObservation, 'scheduledAt' | 'unschedulable' | 'disruption' | 'unprepared'> {
  const of = (type: string) => conditions.find((one) => one.type === type);
  const disrupted = of('DisruptionTarget');
  const isUnprepared = of('PodReadyToStartContainers')?.status === 'False';
  return {
    ...observeScheduling(of('PodScheduled')),
    ...present('unprepared', isUnprepared ? (true as const) : undefined),
    ...present('disruption', disrupted?.status === 'True' ? disrupted.reason : undefined),
  };
}

function observeScheduling(
  condition: Condition | undefined,
): Pick<PodObservation, 'scheduledAt' | 'unschedulable'> {
  if (condition?.status === 'True') return present('scheduledAt', condition.lastTransitionTime);
  if (condition?.reason === 'Unschedulable') return present('unschedulable', condition.message);
  return {};
}

/** Containers in the order they run in, also those that have no status yet. */
function observeContainers(pod: Pod): ContainerObservation[] {
  const statuses = [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ];
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  return containers.map((container) =>
    observeContainer(
      container,
      statuses.find((status) => status.name === container.name),
    ),
  );
}

function observeContainer(
  container: Container,
  status: Partial<ContainerStatus> = {},
): ContainerObservation {
  const last = observeState(status.lastState);
  return {
    name: container.name,
    image: container.image ?? '',
    state: observeState(status.state),
    restarts: status.restartCount ?? 0,
    ...present('imageId', status.imageID === '' ? undefined : status.imageID),
    ...(last.kind === 'terminated' ? { last } : {}),
  };
}

function observeState(state: ApiState = {}): ContainerState {
  if (state.terminated) return observeEnd(state.terminated);
  if (state.running) return { kind: 'running', startedAt: state.running.startedAt ?? '' };
  if (state.waiting) {
    const { reason = '', message = '' } = state.waiting;
    return { kind: 'waiting', reason, message };
  }
  return { kind: 'none' };
}

function observeEnd(end: NonNullable<NonNullable<ApiState>['terminated']>): TerminatedState {
  return {
    kind: 'terminated',
    exitCode: end.exitCode,
    reason: end.reason ?? '',
    message: end.message ?? '',
    ...present('signal', end.signal === 0 ? undefined : end.signal),
    ...present('startedAt', realTime(end.startedAt)),
    ...present('finishedAt', realTime(end.finishedAt)),
  };
}

/** A container that never started has a start in 1970. */
function realTime(time: string | null | undefined): string | undefined {
  return time && Date.parse(time) > 0 ? time : undefined;
}

/** Only our own labels and annotations: the others, which anybody may write, are of no use and of any size. */
function ours(pairs: Pairs | undefined): Pairs {
  return Object.fromEntries(Object.entries(pairs ?? {}).filter(([key]) => key.startsWith(OURS)));
}

/** A member that is left out, not undefined, when there is nothing to say. */
function present<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): Partial<Record<Key, Value>> {
  return value === undefined ? {} : ({ [key]: value } as Record<Key, Value>);
}
