/** Which pods of ours nobody needs any more, and what may be done about each. Pure: everything is given. */
import type { RowSight } from '../store/collect-ports.ts';
import type { WorkflowSight } from '../temporal/describer.ts';
import type { PodObservation } from '../tes/observation.ts';
import { type NodeSight, provenDead } from '../tes/proven-dead.ts';
import { isFinal } from '../tes/state.ts';

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
  { state, attempt }: RowSight,
  now: number,
): OrphanKind | undefined {
  if (now - Date.parse(pod.createdAt) < YOUNG_MS || attempt?.stage === 'just-settled') {
    return undefined;
  }
  if (state === undefined) return 'task-unknown';
  if (attempt === undefined) return 'attempt-unknown';
  if (attempt.podUid !== undefined && attempt.podUid !== pod.uid) return 'other-uid';
  if (attempt.stage === 'settled') return attempt.provenDead ? 'attempt-settled' : 'debt';
  return isFinal(state) ? 'task-final' : undefined;
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

/**
 * Where rows are missing although the workflow is open, the database is older than the workflow: the workflow may
 * still adopt or settle the pod, and closes by itself when it cannot.
 */
function isDriven(kind: OrphanKind): boolean {
  return kind === 'task-unknown' || kind === 'attempt-unknown' || kind === 'task-final';
}

/** True while a deleted and dead pod still waits for us: our finalizer holds it, or its death is not written down. */
function isOwed(kind: OrphanKind, facts: PodFacts): boolean {
  const isOpen = facts.pod.held || kind === 'debt' || kind === 'task-final';
  return isOpen && isOrphanDead(facts, true);
}
