/** What a pod means: its coarse class for the waiting workflow, its TES state, and when that began. */
import { POD_CLASSES, type PodClass, type PodObservation } from './observation.ts';
import { hasEnded, isDeletedUnbound, isTerminalPhase, type NodeSight } from './proven-dead.ts';
import { recordsOf } from './records.ts';
import type { Report } from './report.ts';
import { endsOf, executorStage, hasStarted, stageOf } from './stages.ts';
import { toDate } from './times.ts';
import { troubleOf } from './trouble.ts';

/** The states a living pod may give its task. */
export type LivePodState = 'QUEUED' | 'INITIALIZING' | 'RUNNING';

/**
 * The coarse class of a pod. `node` is what is known about the Node the pod is bound to; undefined means
 * that nobody asked, which never makes a Node lost.
 */
export function podClass(pod: PodObservation | undefined, node: NodeSight): PodClass {
  if (pod === undefined) return 'gone';
  if (hasEnded(pod) || isDeletedUnbound(pod)) return 'ended';
  // A terminal phase without proof was not written by the kubelet: nobody there reports any more.
  if (isTerminalPhase(pod) || isNodeLost(pod, node)) return 'node-lost';
  return troubleOf(pod) === undefined ? 'fresh' : 'trouble';
}

/** True when the class is worse than the one the workflow has seen, which is when it has to be woken. */
export function isWorse(now: PodClass, seen: PodClass): boolean {
  return POD_CLASSES.indexOf(now) > POD_CLASSES.indexOf(seen);
}

/** The worse one of two classes. */
export function worse(one: PodClass, other: PodClass): PodClass {
  return isWorse(one, other) ? one : other;
}

/** True when the pod is bound to a Node that does not answer, does not exist or is out of service. */
export function isNodeLost(pod: PodObservation, node: NodeSight): boolean {
  return pod.nodeName !== undefined && nodeClass(node) !== 'sound';
}

/** Classes of a Node from sound to dead; nothing runs any more on a dead one. */
export const NODE_CLASSES = ['sound', 'silent', 'dead'] as const;

export type NodeClass = (typeof NODE_CLASSES)[number];

/** The class of a Node. One that nobody asked counts as sound. */
export function nodeClass(node: NodeSight): NodeClass {
  if (node === 'gone' || node?.outOfService === true) return 'dead';
  return node?.ready === false ? 'silent' : 'sound';
}

/**
 * The TES state of a living pod: scheduled is INITIALIZING, the first executor's start is RUNNING and stays so.
 * Its phase says nothing, because all user code runs in init containers.
 */
export function tesStateOf(pod: PodObservation): LivePodState {
  if (hasRun(pod)) return 'RUNNING';
  return pod.nodeName === undefined ? 'QUEUED' : 'INITIALIZING';
}

/** A container whose shim finds that it has nothing to run, because the inputs failed, is no start. */
function hasRun(pod: PodObservation): boolean {
  return hasStarted(stageOf(pod, executorStage(0))) && !runsNothing(pod, undefined);
}

/** The first executor is skipped, as its record says or, while its shim is about to find out, that of the inputs. */
function runsNothing(pod: PodObservation | undefined, report: Report | undefined): boolean {
  const { inputs, executors } = recordsOf({ executors: 1, pod, report });
  return inputs?.failure !== undefined || executors[0]?.skipped === true;
}

/** When the attempt became INITIALIZING and RUNNING, as far as it did. */
export interface StartTimes {
  readonly initializingAt?: Date;
  readonly runningAt?: Date;
}

/**
 * The starts that statuses and records prove, for transitions that nobody saw. The start of a command is its
 * record's; a status only stands in for a lost record, because it dates the last restart.
 */
export function startTimes(
  pod: PodObservation | undefined,
  report: Report | undefined,
): StartTimes {
  const records = recordsOf({ executors: 1, pod, report });
  const first = records.executors[0];
  const runningAt = runsNothing(pod, report)
    ? undefined
    : (toDate(first?.startedAt) ?? statusStart(pod));
  const initializingAt = toDate(pod?.scheduledAt) ?? toDate(records.inputs?.startedAt) ?? runningAt;
  return {
    ...(initializingAt && { initializingAt }),
    ...(runningAt && { runningAt }),
  };
}

function statusStart(pod: PodObservation | undefined): Date | undefined {
  const container = stageOf(pod, executorStage(0));
  if (!hasStarted(container)) return undefined;
  const oldest = endsOf(container).at(-1)?.startedAt;
  const current = container?.state.kind === 'running' ? container.state.startedAt : undefined;
  return toDate(oldest) ?? toDate(current);
}
