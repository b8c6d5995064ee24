/** Which of the waiting tasks start: round-robin among owners, by priority and age within one, within the limits. */
import type { StartLimits } from './ports.ts';

/** What is alive of somebody or in all. */
export interface Weight {
  readonly pods: number;
  readonly inlineBytes: number;
}

/** A task that waits; `inlineBytes` is 0 unless its document is large. */
export interface WaitingTask {
  readonly taskId: string;
  readonly inlineBytes: number;
  /** The highest starts first. */
  readonly priority: number;
}

/** An owner whose turn comes and the beginnings of both queues of theirs, in their order. */
export interface Turn {
  readonly owner: string;
  readonly alive: Weight;
  readonly small: readonly WaitingTask[];
  readonly large: readonly WaitingTask[];
}

/** What a round begins with. */
export interface Waiting {
  readonly alive: Weight;
  /** In the order of their turns. */
  readonly turns: readonly Turn[];
  /** The owner whose large document waits for room longest; nobody else's starts before it. */
  readonly first?: Turn;
  /** The most tasks to start. */
  readonly budget: number;
  readonly limits: StartLimits;
}

/** What a round decides. */
export interface Picked {
  readonly taskIds: readonly string[];
  readonly alive: Weight;
  /** The owner after whom the next round begins; undefined when it begins where this one did. */
  readonly last?: string;
  /** The owner whose large document found no room in all. */
  readonly first?: string;
  /** Owners whose large documents are held by their own limit. */
  readonly fullInline: readonly string[];
}

interface Queue {
  readonly owner: string;
  alive: Weight;
  small: readonly WaitingTask[];
  large: readonly WaitingTask[];
}

/**
 * Picks the starts of one round. A large document without room lets small ones pass, but no other large one that waits for
 * the same room, so that it is never overtaken for ever. One that exceeds its limit alone starts when nothing else counts.
 */
export function pickStarts({ turns, first, budget, limits, ...begin }: Waiting): Picked {
  const taskIds: string[] = [];
  const fullInline = new Set<string>();
  let { alive } = begin;
  let last: string | undefined;
  let waitsFirst: string | undefined;

  function start(queue: Queue, { taskId, inlineBytes }: WaitingTask): void {
    const add = (weight: Weight): Weight => ({
      pods: weight.pods + 1,
      inlineBytes: weight.inlineBytes + inlineBytes,
    });
    taskIds.push(taskId);
    alive = add(alive);
    queue.alive = add(queue.alive);
  }

  const hasSlot = (queue: Queue): boolean =>
    taskIds.length < budget && alive.pods < limits.pods && queue.alive.pods < limits.ownerPods;

  /** The next large document of an owner, unless it has to wait for room. */
  function nextLarge(queue: Queue): WaitingTask | undefined {
    const [next] = queue.large;
    if (next === undefined || waitsFirst !== undefined) return undefined;
    if (!fits(next, queue.alive, limits.ownerInlineBytes)) fullInline.add(queue.owner);
    else if (!fits(next, alive, limits.inlineBytes)) waitsFirst = queue.owner;
    else return next;
    return undefined;
  }

  /** Starts the first task of the owner that may; false when there is none. */
  function serve(queue: Queue): boolean {
    if (!hasSlot(queue)) return false;
    const large = nextLarge(queue);
    const [small] = queue.small;
    const next = large && small && isBefore(small, large) ? small : (large ?? small);
    if (next === undefined) return false;
    if (next === large) queue.large = queue.large.slice(1);
    else queue.small = queue.small.slice(1);
    start(queue, next);
    return true;
  }

  /** Its turn stays its turn until there is room. */
  function serveFirst(turn: Turn): void {
    const queue = waiting.find(({ owner }) => owner === turn.owner) ?? { ...turn };
    queue.large = turn.large;
    const next = hasSlot(queue) ? nextLarge(queue) : undefined;
    if (next !== undefined) {
      start(queue, next);
      queue.large = queue.large.slice(1);
    } else if (!hasSlot(queue)) waitsFirst = turn.owner;
  }

  let waiting: Queue[] = turns.map((turn) => ({ ...turn }));
  if (first !== undefined) serveFirst(first);
  while (waiting.length > 0) {
    waiting = waiting.filter((queue) => {
      const served = serve(queue);
      if (served) last = queue.owner;
      return served;
    });
  }
  // Owners who can only wait must not keep the others out of sight.
  if (taskIds.length === 0 && budget > 0 && alive.pods < limits.pods) last = turns.at(-1)?.owner;
  return {
    taskIds,
    alive,
    fullInline: [...fullInline],
    ...(last !== undefined && { last }),
    ...(waitsFirst !== undefined && { first: waitsFirst }),
  };
}

function isBefore(one: WaitingTask, other: WaitingTask): boolean {
  if (one.priority !== other.priority) return one.priority > other.priority;
  return one.taskId < other.taskId;
}

function fits({ inlineBytes }: WaitingTask, alive: Weight, limit: number): boolean {
  return alive.inlineBytes === 0 || alive.inlineBytes + inlineBytes <= limit;
}
