/** The proof that no container of an attempt can still run: without it no second pod is ever made. */
import type { ContainerObservation, NodeObservation, PodObservation } from './observation.ts';
import { endsOf, OUTPUTS, stageOf } from './stages.ts';

/**
 * What is known about a Node: as it is, `'gone'` when the API server itself said that it does not exist, or
 * undefined when nobody asked or may ask. Undefined never proves anything.
 */
export type NodeSight = NodeObservation | 'gone' | undefined;

/** What the attempt's row knows when its death is judged. */
export interface DeathFacts {
  readonly podUid?: string | undefined;
  /** The Node recorded at binding. */
  readonly nodeName?: string | undefined;
  readonly nodeUid?: string | undefined;
  /** True when the pod was read after our own DELETE had been answered. */
  readonly deleteAsked: boolean;
}

/**
 * True when no container of the attempt runs or ever will. A missing pod, an elapsed grace period, a bare phase
 * and a Node that nobody could ask are no proof.
 */
export function provenDead(
  pod: PodObservation | undefined,
  attempt: DeathFacts,
  node: NodeSight,
): boolean {
  if (isNodeDead(attempt, node)) return true;
  if (pod === undefined) return false;
  const isOurs = attempt.podUid === undefined || attempt.podUid === pod.uid;
  if (!isOurs) return false;
  return hasEnded(pod) || (attempt.deleteAsked && isDeletedUnbound(pod));
}

/** True for the phases Succeeded and Failed, which alone prove nothing. */
export function isTerminalPhase(pod: PodObservation): boolean {
  return pod.phase === 'Succeeded' || pod.phase === 'Failed';
}

/**
 * True when the kubelet reported the end of the whole pod: its last stage is through, or a terminal phase with statuses
 * in which nothing runs and everything that started has ended.
 *
 * The pod garbage collector turns a pod of a vanished Node into Failed and leaves the statuses as the kubelet last
 * sent them, or there were none: such a phase says nothing about containers. Written by the kubelet, Failed without
 * any status means that it turned the pod away before it made a container: it never calls a pod ended that could have
 * one running.
 */
export function hasEnded(pod: PodObservation): boolean {
  if (isThrough(pod)) return true;
  if (!isTerminalPhase(pod) || pod.disruption === 'DeletionByPodGC') return false;
  const reported = pod.containers.filter(({ state }) => state.kind !== 'none');
  if (reported.length === 0) return pod.phase === 'Failed' && pod.phaseFromKubelet === true;
  return reported.every(isAtRest);
}

/**
 * True when `outputs` ended with 0 and nothing else runs: the restart policy OnFailure starts nothing in such a pod ever
 * again. The kubelet says so a second before it has taken the pod's sandbox apart and writes the terminal phase.
 */
function isThrough(pod: PodObservation): boolean {
  const { state } = stageOf(pod, OUTPUTS) ?? {};
  if (state?.kind !== 'terminated' || state.exitCode !== 0) return false;
  return pod.containers.every((container) => container.state.kind === 'terminated');
}

function isAtRest(container: ContainerObservation): boolean {
  if (container.state.kind === 'running') return false;
  const hasRun = container.restarts > 0;
  return !hasRun || endsOf(container).length > 0;
}

/** True for a deleted pod that no Node was given: the scheduler leaves it alone from then on. */
export function isDeletedUnbound(pod: PodObservation): boolean {
  return pod.deletedAt !== undefined && pod.nodeName === undefined;
}

/** The Node recorded at binding, by name and uid, is gone or fenced off by the out-of-service taint. */
function isNodeDead(attempt: DeathFacts, node: NodeSight): boolean {
  if (attempt.nodeName === undefined || attempt.nodeUid === undefined) return false;
  if (node === undefined) return false;
  if (node === 'gone') return true;
  if (node.name !== attempt.nodeName) return false;
  return node.uid !== attempt.nodeUid || node.outOfService;
}
