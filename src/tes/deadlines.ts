/** The deadlines of a task: what each counts from, who enforces it, and which is the next. */
import type { PodObservation } from './observation.ts';
import { tesStateOf } from './pod-state.ts';
import { currentStage, turnSince } from './stages.ts';
import { toDate } from './times.ts';
import type { DeadlineKind } from './verdict.ts';

/** One row of the table; what its user is told stands in the table of ends. */
export interface DeadlineRow {
  readonly clockStart: string;
  readonly enforcer: 'workflow' | 'shim';
}

/** Every deadline ends its task SYSTEM_ERROR, class `deadline`, without another attempt. */
export const DEADLINES: Readonly<Record<DeadlineKind, DeadlineRow>> = {
  queue: {
    clockStart: 'opening of the attempt, for the first one creation of the task',
    enforcer: 'workflow',
  },
  pull: {
    clockStart:
      'the turn of a stage up to the first executor: binding to the node, or the end of the stage before',
    enforcer: 'workflow',
  },
  run: {
    clockStart: 'start of the executor',
    enforcer: 'shim',
  },
  total: {
    clockStart: 'creation of the task',
    enforcer: 'workflow',
  },
};

/** How long each deadline of the workflow is, in milliseconds; an absent one is unlimited. */
export interface DeadlineLimits {
  readonly queueMs?: number;
  readonly pullMs?: number;
  readonly totalMs?: number;
}

/** What the clocks are read from; `now` is in epoch milliseconds. */
export interface DeadlineFacts {
  readonly createdAt: Date;
  readonly openedAt: Date;
  /** 1 for the first attempt, whose queue clock starts with the task. */
  readonly number: number;
  readonly pod?: PodObservation | undefined;
  readonly now: number;
}

/** A deadline and the instant (epoch milliseconds) at which it passes. */
export interface Deadline {
  readonly kind: DeadlineKind;
  readonly at: number;
}

/**
 * The next instant at which a deadline may have passed, or undefined when none is set. While the pull clock has
 * not started, that is the earliest instant at which a pull that begins unseen could be overdue: nobody wakes the
 * workflow when its pod is scheduled, so it looks again then.
 */
export function nearestDeadline(
  facts: DeadlineFacts,
  limits: DeadlineLimits,
): Deadline | undefined {
  const running = runningClocks(facts, limits);
  const lookAhead = pullLookAhead(facts, limits);
  return earliest(lookAhead === undefined ? running : [...running, lookAhead]);
}

/** The deadline that has passed, the earliest of them if there are several. */
export function expiredDeadline(
  facts: DeadlineFacts,
  limits: DeadlineLimits,
): Deadline | undefined {
  return earliest(runningClocks(facts, limits).filter(({ at }) => at <= facts.now));
}

function runningClocks(facts: DeadlineFacts, limits: DeadlineLimits): Deadline[] {
  const starts: readonly (readonly [DeadlineKind, number | undefined, number | undefined])[] = [
    ['queue', queueStart(facts), limits.queueMs],
    ['pull', pullStart(facts.pod), limits.pullMs],
    ['total', facts.createdAt.getTime(), limits.totalMs],
  ];
  return starts.flatMap(([kind, start, limit]) =>
    start === undefined || limit === undefined ? [] : [{ kind, at: start + limit }],
  );
}

/** The queue clock runs until the pod is bound. */
function queueStart({ createdAt, openedAt, number, pod }: DeadlineFacts): number | undefined {
  if (pod !== undefined && tesStateOf(pod) !== 'QUEUED') return undefined;
  return (number === 1 ? createdAt : openedAt).getTime();
}

/** The pull clock runs while the stage in turn, up to the first executor, has no container yet. */
function pullStart(pod: PodObservation | undefined): number | undefined {
  if (pod === undefined || tesStateOf(pod) !== 'INITIALIZING') return undefined;
  const stage = currentStage(pod);
  if (stage === undefined || stage.state.kind === 'running') return undefined;
  return toDate(turnSince(pod, stage.name))?.getTime();
}

function pullLookAhead(facts: DeadlineFacts, { pullMs }: DeadlineLimits): Deadline | undefined {
  const { pod, openedAt, now } = facts;
  if (pullMs === undefined || pullStart(pod) !== undefined) return undefined;
  if (pod !== undefined && tesStateOf(pod) === 'RUNNING') return undefined;
  // An eighth of the waiting so far: a pod that queues for a week costs forty looks, not hundreds.
  const pause = Math.max(pullMs, (now - openedAt.getTime()) / 8);
  return { kind: 'pull', at: now + Math.ceil(pause) };
}

function earliest(deadlines: readonly Deadline[]): Deadline | undefined {
  return deadlines.reduce<Deadline | undefined>(
    (first, deadline) => (first === undefined || deadline.at < first.at ? deadline : first),
    undefined,
  );
}
