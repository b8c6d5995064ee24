/** What to do about a pod that is not proven dead: wait on, delete it first, or stop waiting for a proof. */
import { type DeadlineLimits, expiredDeadline, nearestDeadline } from './deadlines.ts';
import type { PodClass, PodObservation } from './observation.ts';
import { overdue } from './overdue.ts';
import { isNodeLost, podClass } from './pod-state.ts';
import { isDeletedUnbound, type NodeSight } from './proven-dead.ts';
import { toDate } from './times.ts';
import { troubleOf } from './trouble.ts';
import type { Intent } from './verdict.ts';

/** Limits in milliseconds. */
export interface LookRules {
  readonly deadlines: DeadlineLimits;
  /** How long trouble that may heal, such as a failing image pull, is watched within one attempt. */
  readonly patienceMs: number;
  /** How long a pod whose death cannot be proven is waited for. */
  readonly nodeLostMs: number;
  /** The grace period of a deleted pod. */
  readonly graceMs: number;
}

/** What is known at this look. Instants are epoch milliseconds. */
export interface LookFacts {
  readonly task: { readonly createdAt: Date };
  readonly attempt: {
    readonly number: number;
    readonly openedAt: Date;
    /** Absent while no pod of the attempt may run. */
    readonly podUid?: string | undefined;
    readonly intent?: Intent | undefined;
  };
  readonly pod: PodObservation | undefined;
  readonly node: NodeSight;
  /** Since when looks have not found the pod any more. */
  readonly goneSince?: number | undefined;
  readonly rules: LookRules;
  readonly now: number;
}

/** Durations in milliseconds, instants in epoch milliseconds. */
export type NextLook =
  | {
      readonly kind: 'wait';
      readonly seen: PodClass;
      readonly wakeInMs: number;
      readonly goneSince?: number;
    }
  | { readonly kind: 'delete'; readonly intent: Intent }
  | { readonly kind: 'give-up' };

const SHORTEST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 24 * 60 * 60_000;
const CANCEL_MARGIN_MS = 30_000;

/** Decides the next step for a pod that still may run, or whose end nobody could prove yet. */
export function nextLook(facts: LookFacts): NextLook {
  const { attempt, pod } = facts;
  if (attempt.podUid === undefined) return deadlineWithoutPod(facts);
  if (pod === undefined) return waitForProof(facts, facts.goneSince ?? facts.now);
  if (attempt.intent !== undefined && pod.deletedAt === undefined) {
    return { kind: 'delete', intent: attempt.intent };
  }
  // Someone else deleted a pod that no Node had: only after a delete of ours does that prove its death.
  if (attempt.intent === undefined && isDeletedUnbound(pod)) {
    return { kind: 'delete', intent: { kind: 'clean-up' } };
  }
  const lostSince = unprovenSince(facts, pod);
  if (lostSince !== undefined) return waitForProof(facts, lostSince);
  return deadlineOrTrouble(facts, pod) ?? waitUntil(facts, nearestDeadlineOf(facts));
}

/** A pod that could not be made, for a quota or an outage: what it never ran needs no proof, only its deadline. */
function deadlineWithoutPod(facts: LookFacts): NextLook {
  const expired = expiredDeadline(clocksOf(facts), facts.rules.deadlines);
  if (expired) return { kind: 'delete', intent: { kind: 'deadline', deadline: expired.kind } };
  return waitUntil(facts, nearestDeadlineOf(facts));
}

/**
 * The first look after a pod was made, in milliseconds from now: at its nearest deadline; 0 when a deadline has
 * passed already.
 */
export function firstLookInMs(
  facts: Pick<LookFacts, 'task' | 'attempt' | 'rules' | 'now'>,
): number {
  const seen = { ...facts, pod: undefined, node: undefined };
  if (expiredDeadline(clocksOf(seen), facts.rules.deadlines)) return 0;
  return bounded(nearestDeadlineOf(seen) - facts.now);
}

/** Since when nothing reports about the pod, or since it was told to die: Kubernetes writes down when its grace is over. */
function unprovenSince({ node, rules, now }: LookFacts, pod: PodObservation): number | undefined {
  const graceOver = toDate(pod.deletedAt)?.getTime();
  const deletedAt = graceOver === undefined ? undefined : graceOver - rules.graceMs;
  if (!isNodeLost(pod, node)) return deletedAt;
  const notReady = typeof node === 'object' ? toDate(node.notReadySince)?.getTime() : undefined;
  return Math.min(deletedAt ?? now, notReady ?? now);
}

function waitForProof(facts: LookFacts, since: number): NextLook {
  const { attempt, rules, now, pod } = facts;
  const isCancel = attempt.intent?.kind === 'cancel';
  const patience = isCancel ? rules.graceMs + CANCEL_MARGIN_MS : rules.nodeLostMs;
  if (now >= since + patience) return { kind: 'give-up' };
  return {
    kind: 'wait',
    seen: podClass(pod, facts.node),
    // Proof that no event announces, such as a Node that disappeared, is looked for more and more rarely.
    wakeInMs: bounded(Math.min(since + patience - now, Math.max(5_000, (now - since) / 2))),
    ...(pod === undefined && { goneSince: since }),
  };
}

function deadlineOrTrouble(facts: LookFacts, pod: PodObservation): NextLook | undefined {
  const { rules, now } = facts;
  const expired = expiredDeadline(clocksOf(facts), rules.deadlines);
  if (expired) {
    const { message } = overdue(expired.kind, { pod, refusal: undefined });
    return { kind: 'delete', intent: { kind: 'deadline', deadline: expired.kind, message } };
  }

  const trouble = troubleOf(pod);
  if (trouble === undefined) return undefined;
  const { code, message } = trouble;
  if (trouble.kind === 'healing') {
    const until = (toDate(trouble.since)?.getTime() ?? now) + rules.patienceMs;
    if (now < until) return waitUntil(facts, Math.min(until, nearestDeadlineOf(facts)));
  }
  const final = trouble.kind === 'bad-task';
  return { kind: 'delete', intent: { kind: 'trouble', code, message, final } };
}

function waitUntil(facts: LookFacts, at: number): NextLook {
  return {
    kind: 'wait',
    seen: podClass(facts.pod, facts.node),
    wakeInMs: bounded(at - facts.now),
  };
}

function nearestDeadlineOf(facts: Omit<LookFacts, 'node'>): number {
  return nearestDeadline(clocksOf(facts), facts.rules.deadlines)?.at ?? Infinity;
}

function clocksOf({ task, attempt, pod, now }: Omit<LookFacts, 'node'>) {
  return {
    createdAt: task.createdAt,
    openedAt: attempt.openedAt,
    number: attempt.number,
    pod,
    now,
  };
}

function bounded(ms: number): number {
  return Math.round(Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, ms)));
}
