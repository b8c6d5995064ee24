/** Actions: what is done to the system, and what it needs to know for that. */
import type { Census, OpenTask } from './census.ts';
import type { Fleet } from './fleet.ts';
import type { Journal } from './journal.ts';
import type { MatrixRow, OpenState } from './matrix.ts';
import type { Role } from './member.ts';
import type { NodeHands } from './node-hands.ts';
import type { PodHands } from './pod-hands.ts';
import type { Random } from './random.ts';
import type { Submissions } from './submissions.ts';

/** What an action acts with. */
export interface Stage {
  readonly fleet: Fleet;
  readonly census: Census;
  readonly journal: Journal;
  readonly random: Random;
  readonly submissions: Submissions;
  readonly pods: PodHands;
  /** Only where nodes can be lost. */
  readonly nodes: NodeHands | undefined;
  readonly limits: Limits;
  /** Aborted when everything is to be healed. */
  readonly signal: AbortSignal;
}

/** How long things last, in milliseconds, and how often one task may be disturbed. */
export interface Limits {
  readonly queueDeadlineMs: number;
  readonly pullDeadlineMs: number;
  readonly totalDeadlineMs: number;
  /** The longest short interruption. */
  readonly shortMs: number;
  /** A long interruption, longer than leases and time-outs of steps. */
  readonly longMs: number;
  /** The share of long interruptions. */
  readonly longShare: number;
  /** How many attempts of one task actions may spoil; fewer than it has, so that its end stays known. */
  readonly maxSpoiled: number;
}

/** What an action came to: the states that it hit. Empty when it had no effect. */
export type Hits = readonly OpenState[];

/** What an action takes out of service: a role, or machines. */
export type Lock = Role | 'nodes';

/** One row of the matrix that can be done. */
export interface Action {
  readonly row: MatrixRow;
  /** No other action may touch these as long as it lasts. */
  readonly locks: readonly Lock[];
  /** Whether there is something to do it to now that would hit one of these states. */
  isPossible(stage: Stage, open: readonly OpenTask[], states: readonly OpenState[]): boolean;
  /** Does it and undoes it; `aim` are the states it applies to, the least-hit ones first. */
  run(stage: Stage, aim: readonly OpenState[]): Promise<Hits>;
}

/** The states that tasks are in. */
export function statesOf(open: readonly OpenTask[]): readonly OpenState[] {
  return [...new Set(open.map(({ state }) => state))];
}

/** How long an interruption lasts this time. */
export function aDuration({ random, limits }: Stage): number {
  return random.chance(limits.longShare) ? limits.longMs : random.between(200, limits.shortMs);
}

/** What is found in the first of the states that has anything: the least-hit ones come first. */
export function findFirst<Found>(
  aim: readonly OpenState[],
  find: (state: OpenState) => readonly Found[],
): readonly Found[] {
  return aim.map(find).find((found) => found.length > 0) ?? [];
}
