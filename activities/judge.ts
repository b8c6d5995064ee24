import type { Attempt, Settlement, TaskFacts } from '../src/store/ports.ts';
import { podName } from '../src/tes/attempt.ts';
import { classify } from '../src/tes/classification.ts';
import type { Evidence } from '../src/tes/evidence.ts';
import { startTimes } from '../src/tes/pod-state.ts';
import { decide, type RetryPolicy } from '../src/tes/retry.ts';
import type { FinalState } from '../src/tes/state.ts';
import { buildTaskLog } from '../src/tes/task-log.ts';
import type { Verdict } from '../src/tes/verdict.ts';
import { unproven } from '../src/tes/verdicts.ts';

/** What the end of an attempt is decided from. */
export interface Judged {
  readonly task: TaskFacts;
  readonly attempt: Attempt;
  readonly evidence: Evidence;
  /** False when the attempt is given up without proof of death: then nothing may follow it. */
  readonly dead: boolean;
  readonly retry: RetryPolicy;
  readonly now: Date;
}

/** Classifies an attempt and decides whether its task ends with it. */
export function judge({ task, attempt, evidence, dead, retry, now }: Judged): Settlement {
  const verdict = dead ? classify(evidence) : giveUp(evidence, podName(attempt));
  const end = endOf(verdict, { task, number: attempt.number, retry });
  return {
    verdict,
    log: buildTaskLog({
      evidence,
      verdict,
      attempt: attempt.number,
      openedAt: attempt.openedAt,
      settledAt: now,
      warnings: task.warnings,
    }),
    ...startTimes(evidence.pod, evidence.report),
    ...(end !== undefined && { end }),
    provenDead: dead,
  };
}

/** Without proof of death a cancel or a deadline still ends the task as what it is; anything else names pod and Node. */
function giveUp(evidence: Evidence, pod: string): Verdict {
  const kind = evidence.intent?.kind;
  if (kind === 'cancel' || kind === 'deadline') return { ...classify(evidence), retryable: false };
  return unproven({ pod, node: evidence.pod?.nodeName });
}

/** A task that is to be canceled gets no further attempt, whatever this one failed of. */
function endOf(
  verdict: Verdict,
  given: { task: TaskFacts; number: number; retry: RetryPolicy },
): FinalState | undefined {
  const decision = decide(verdict, given.number, given.retry);
  if (decision.kind === 'end') return decision.state;
  return given.task.cancelAskedAt === undefined ? undefined : 'CANCELED';
}
