/** One round of the collector: look, stop for a human when it is too much, act. */
import { act, guard, type Outcome } from './collector-acts.ts';
import type { CollectorPorts } from './collector-ports.ts';
import { survey } from './collector-survey.ts';
import { type Finding, isActionable } from './finding.ts';

/** What a round is to do. */
export interface Round {
  /** Tasks whose workflows are said to be closed. */
  readonly suspects: Iterable<string> | AsyncIterable<string>;
  /** True when a human has decided that the round may touch however many there are. */
  readonly beyondStop: boolean;
  readonly onOutcome: (finding: Finding, outcome: Outcome) => void;
}

/** What became of a round: `blocked` touched nothing because it would have touched `touched` tasks. */
export interface RoundResult {
  readonly kind: 'done' | 'blocked';
  readonly touched: number;
  readonly limit: number;
}

const FEW = 20;
const SHARE = 0.01;

/**
 * Does one round. Throws, before anything or between two acts, as soon as an engine cannot be asked, is not ours,
 * or the lease is lost; what was not reached is found again by the next round.
 */
export async function collectOnce(ports: CollectorPorts, round: Round): Promise<RoundResult> {
  await guard(ports);
  const limit = await limitOf(ports);
  const mostKept = round.beyondStop ? Infinity : limit;
  const findings: Finding[] = [];
  let touched = 0;
  for await (const finding of survey(ports, round.suspects)) {
    if (!isActionable(finding)) continue;
    touched += 1;
    // Beyond the stop only their number matters, and memory stays bounded.
    if (touched <= mostKept) findings.push(finding);
  }
  if (touched > mostKept) return { kind: 'blocked', touched, limit };

  for (const finding of findings) round.onOutcome(finding, await actOn(ports, finding));
  if (touched > 0) await guard(ports);
  return { kind: 'done', touched, limit };
}

/** How many a round may touch without a human: few, or a small share of the open tasks. */
export async function limitOf({ rows }: Pick<CollectorPorts, 'rows'>): Promise<number> {
  return Math.max(FEW, Math.floor((await rows.countOpen()) * SHARE));
}

/** One pod that Kubernetes refuses to change must not keep the others; an engine that does not answer ends the round. */
async function actOn(ports: CollectorPorts, finding: Finding): Promise<Outcome> {
  try {
    return await act(ports, finding);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    ports.logger.warn({ err: error, taskId: finding.taskId }, 'not collected, tried again later');
    return 'passed';
  }
}

/** Of one object: what a policy forbids, or a webhook fails at, may be this one alone. */
const REFUSALS = new Set([403, 500]);

/** By name: the controller knows Kubernetes and Temporal by their ports only. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'ApplicationFailure') return true;
  if (error.name === 'ApiError') return true;
  const { cause } = error;
  return cause instanceof Error && 'status' in cause && REFUSALS.has(Number(cause.status));
}
