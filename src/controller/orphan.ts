/** Which pods of ours nobody needs any more, and what may be done about each. Pure: everything is given. */
import type { RowSight } from '../store/collect-ports.ts';
import type { WorkflowSight } from '../temporal/describer.ts';
import type { PodObservation } from '../tes/observation.ts';
import { type NodeSight, provenDead } from '../tes/proven-dead.ts';
import { isFinal } from '../tes/state.ts';
import { attemptOf } from './watched-pods.ts';

/** Why a pod is an orphan. */
export type OrphanKind =
  'task-unknown' | 'attempt-unknown' | 'task-final' | 'other-uid' | 'attempt-settled' | 'debt';

/**
 * What comes next: `remove` the pod; `settle` its open attempt; `wait`, because it is deleted and its death is not
 * proven yet; `leave` it to its workflow, which is still open.
 */
export type OrphanStep = 'remove' | 'settle' | 'wait' | 'leave';

/** Everything that is known about a pod when it is judged. */
export interface PodFacts {
  readonly pod: PodObservation;
  readonly sight: RowSight;
  readonly workflow: WorkflowSight;
  /** The Node recorded for the attempt of this very pod. */
  readonly node: NodeSight;
}

/** A younger pod may still be on its way into the rows, or be taken back by whoever made it. */
const YOUNG_MS = 60_000;

/**
 * Why a pod is an orphan, or undefined when it is none. An unrecorded pod of an open attempt is never one, however
 * old: it has its gate, and the workflow's next `ensurePod` adopts it.
 */
export function orphanKind(
  pod: PodObservation,
  sight: RowSight,
  now: number,
): OrphanKind | undefined {
  if (mayBeOnItsWay(pod, sight, now)) return undefined;
  const { state, attempt } = sight;
  if (state === undefined) return 'task-unknown';
  if (attempt === undefined) return isAdoptable(pod, sight) ? undefined : 'attempt-unknown';
  if (attempt.podUid !== undefined && attempt.podUid !== pod.uid) return 'other-uid';
  if (attempt.stage === 'settled') return attempt.provenDead ? 'attempt-settled' : 'debt';
  return isFinal(state) ? 'task-final' : undefined;
}

/** Whoever made a young pod, or settled its attempt just now, is expected to deal with it. */
function mayBeOnItsWay(pod: PodObservation, { attempt }: RowSight, now: number): boolean {
  if (attempt?.stage === 'just-settled') return true;
  return attempt?.stage !== 'settled' && now - Date.parse(pod.createdAt) < YOUNG_MS;
}

/** What may be done about an orphan now. */
export function orphanStep(kind: OrphanKind, facts: PodFacts): OrphanStep {
  if (facts.workflow === 'open' && isDriven(kind)) return 'leave';
  if (facts.pod.deletedAt !== undefined && !isOwed(kind, facts)) return 'wait';
  return kind === 'task-final' ? 'settle' : 'remove';
}

/**
 * True when no container of the pod runs or ever will. What its row says counts only for the recorded pod; a pod
 * that was never recorded is dead once it is deleted without a Node, because its gate was never lifted.
 */
export function isOrphanDead(
  { pod, sight, node }: Omit<PodFacts, 'workflow'>,
  deleteAsked: boolean,
): boolean {
  const recorded = sight.attempt?.podUid === pod.uid ? sight.attempt : undefined;
  if (recorded?.provenDead === true) return true;
  return provenDead(pod, { ...recorded, podUid: pod.uid, deleteAsked }, node);
}

/** In a database that was set back the next attempt finds its pod there already, and `ensurePod` adopts it. */
function isAdoptable(pod: PodObservation, { state, attempts = 0 }: RowSight): boolean {
  return state !== undefined && !isFinal(state) && attemptOf(pod)?.number === attempts + 1;
}

/**
 * Where the task is missing although its workflow is open, the database is older than the workflow, which closes by
 * itself when it finds no rows; the workflow of a final task cleans up.
 */
function isDriven(kind: OrphanKind): boolean {
  return kind === 'task-unknown' || kind === 'task-final';
}

/** True while a deleted and dead pod still waits for us: our finalizer holds it, or its death is not written down. */
function isOwed(kind: OrphanKind, facts: PodFacts): boolean {
  const isOpen = facts.pod.held || kind === 'debt' || kind === 'task-final';
  return isOpen && isOrphanDead(facts, true);
}
