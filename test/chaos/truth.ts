/** Whether a task's end is the true one: from its fate, from what was done to it, and from what its pods did. */
import { podName } from '../../src/tes/attempt.ts';
import type { AttemptRow, Evidence, TaskRecord } from './evidence.ts';
import type { Submission } from './submissions.ts';

/** Clocks of the database and of Kubernetes may differ by so much; statuses have whole seconds. */
const CLOCK_MS = 1_500;

interface Case {
  readonly evidence: Evidence;
  readonly submission: Submission;
  readonly record: TaskRecord;
}

/** What is wrong with the end of a task, or undefined. A task that has not ended is another proof's. */
export function judgeEnd(evidence: Evidence, submission: Submission): string | undefined {
  const record = evidence.records.get(submission.id);
  if (record === undefined) return undefined;
  const given = { evidence, submission, record };
  return judgeState(given) ?? judgeAttempts(given);
}

function judgeState(given: Case): string | undefined {
  const { submission, record } = given;
  const { fate, cancelSentAt } = submission;
  const told = `the fate was ${fate.name}, the state is ${record.state}`;
  switch (record.state) {
    case 'CANCELED':
      return cancelSentAt === undefined
        ? `${told}, and nobody asked to cancel`
        : lateCancelProblem(given, cancelSentAt);
    case 'COMPLETE':
    case 'EXECUTOR_ERROR':
      if (fate.end !== record.state) return told;
      return workProblem(given);
    case 'SYSTEM_ERROR':
      return judgeSystemError(given, told);
    case 'PREEMPTED':
      return `${told}, but no task was preemptible`;
    default:
      return undefined;
  }
}

/** A pod that had finished undisturbed before a cancel was sent has the end that its work deserves. */
function lateCancelProblem(
  { evidence, record, submission }: Case,
  cancelSentAt: number,
): string | undefined {
  const last = record.attempts.at(-1);
  const life = evidence.lives.get(record.id)?.find(({ uid }) => uid === last?.pod_uid);
  if (life?.finishedAt === undefined || submission.fate.end === 'SYSTEM_ERROR') return undefined;
  const isDisturbed = life.diedWithNode === true || submission.takenPods.has(life.uid);
  if (isDisturbed || (submission.fate.spoils ?? 0) > 0) return undefined;
  const lateness = cancelSentAt - life.finishedAt;
  if (lateness <= CLOCK_MS) return undefined;
  return `CANCELED, but the cancel was sent ${lateness} ms after its pod had finished`;
}

/** A task that says that its work was done has a pod that did it, in its last attempt. */
function workProblem({ evidence, record, submission }: Case): string | undefined {
  const last = record.attempts.at(-1);
  if (last === undefined) return `${record.state} without any attempt`;
  const pod = podName({ taskId: record.id, number: last.number });
  const life = evidence.lives.get(record.id)?.find(({ uid }) => uid === last.pod_uid);
  if (life?.admittedAt === undefined) return `${record.state}, but ${pod} was never let go`;
  if (evidence.marks === undefined) return undefined;

  const marks = evidence.marks.get(pod) ?? [];
  const has = (what: string): boolean => marks.some((mark) => mark.what === what);
  if (!has('start')) return `${record.state}, but no command of ${pod} reported its start`;
  const dies = submission.fate.name === 'out-of-memory';
  if (!dies && !has('end')) return `${record.state}, but no command of ${pod} reported its end`;
  return undefined;
}

function judgeSystemError(given: Case, told: string): string | undefined {
  const { evidence, submission, record } = given;
  const { fate } = submission;
  const spoiled = countSpoiled(given);
  const last = record.attempts.at(-1);
  const code = last?.verdict?.code ?? 'none';
  if (code.endsWith('DeadlineExceeded')) return deadlineProblem(given, code);
  if (fate.end === 'SYSTEM_ERROR' && fate.deadline === undefined) return undefined;
  if (spoiled >= evidence.rules.maxAttempts) return undefined;
  return `${told} (${code}: ${last?.verdict?.message ?? 'no verdict'}), after ${spoiled} of ${evidence.rules.maxAttempts} attempts were spoiled`;
}

/** A deadline is true when its time had passed, whoever was down meanwhile. */
function deadlineProblem({ evidence: { rules }, record }: Case, code: string): string | undefined {
  const last = record.attempts.at(-1);
  const ended = last?.settled_at?.getTime() ?? 0;
  const begun = code.startsWith('Total') || last?.number === 1 ? record.createdAt : last?.opened_at;
  const limit = limitOf(rules, code);
  const took = ended - (begun?.getTime() ?? 0);
  if (took >= limit - CLOCK_MS) return undefined;
  return `${code} after ${took} ms, the limit is ${limit} ms`;
}

function limitOf(rules: Evidence['rules'], code: string): number {
  if (code.startsWith('Queue')) return rules.queueDeadlineMs;
  return code.startsWith('Pull') ? rules.pullDeadlineMs : rules.totalDeadlineMs;
}

/** Nothing but what spoils an attempt leads to another one. */
function judgeAttempts(given: Case): string | undefined {
  const { evidence, submission, record } = given;
  const { fate } = submission;
  if (fate.name === 'image-missing') return undefined;
  const most = Math.min(evidence.rules.maxAttempts, 1 + countSpoiled(given));
  const tried = record.attempts.length;
  if (tried <= most) return undefined;
  return `${tried} attempts, at most ${most} were called for: ${record.attempts.map(describeAttempt).join('; ')}`;
}

function describeAttempt({ number, verdict }: AttemptRow): string {
  return `${number} ${verdict?.code ?? 'open'}`;
}

/** Attempts that its fate spoils, and those whose pods were taken away or died with their Node. */
function countSpoiled({ evidence, submission: { id, fate, takenPods } }: Case): number {
  const pods = evidence.lives.get(id) ?? [];
  const disturbed = pods.filter(
    ({ uid, diedWithNode }) => diedWithNode === true || takenPods.has(uid),
  );
  return disturbed.length + (fate.spoils ?? 0);
}
