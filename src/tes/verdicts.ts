/** The verdicts an attempt can get, one builder a class. Messages are whole sentences for the user. */
import type { StageFailure, StageFailureCode } from './report.ts';
import type { Verdict } from './verdict.ts';

/** A stable code and one sentence. */
export interface Finding {
  readonly code: string;
  readonly message: string;
}

/** Every executor ended as it should and the outputs are uploaded. */
export function success(): Verdict {
  return {
    class: 'success',
    code: 'Complete',
    message: 'Every executor has ended and the declared outputs are uploaded.',
    state: 'COMPLETE',
    retryable: false,
  };
}

/** The user's command failed: running it again would not help. */
export function executorFailure(finding: Finding): Verdict {
  return { class: 'executor-failure', ...finding, state: 'EXECUTOR_ERROR', retryable: false };
}

/** The task cannot work as it was written. */
export function badTask(finding: Finding): Verdict {
  return { class: 'bad-task', ...finding, state: 'SYSTEM_ERROR', retryable: false };
}

/** The cluster or a storage failed: another attempt may help. */
export function infrastructure(finding: Finding): Verdict {
  return { class: 'infrastructure', ...finding, state: 'SYSTEM_ERROR', retryable: true };
}

/** A deadline passed. */
export function deadline(finding: Finding): Verdict {
  return { class: 'deadline', ...finding, state: 'SYSTEM_ERROR', retryable: false };
}

/** The client's wish. */
export function canceled(): Verdict {
  return {
    class: 'canceled',
    code: 'Canceled',
    message: 'The task was canceled on request.',
    state: 'CANCELED',
    retryable: false,
  };
}

/**
 * An attempt whose pod may still run somewhere, judged after the patience for lost nodes: nothing is tried again,
 * because a second pod could run beside the first.
 */
export function unproven(where: {
  readonly pod: string;
  readonly node?: string | undefined;
}): Verdict {
  const node = where.node === undefined ? '' : ` on node ${where.node}`;
  return {
    ...infrastructure({
      code: 'NodeLost',
      message: `Kubernetes lost sight of pod ${where.pod}${node}, and nothing proves that it has ended; it is not tried again because it could run twice.`,
    }),
    retryable: false,
  };
}

/** Orrery itself failed: nothing is known of the task's work, and trying again has not helped. */
export function internalError(activity: string): Verdict {
  return {
    ...infrastructure({
      code: 'InternalError',
      message: `Orrery could not go on with this task: its step ${activity} failed for an hour with an error that nobody foresaw. The operator finds it in the log under the id of the task.`,
    }),
    retryable: false,
  };
}

/** What each failure that a stage knows means when its own sentence is lost. */
const STAGE_FAILURE_SENTENCES: Readonly<Record<StageFailureCode, string>> = {
  InputNotFound: 'An input does not exist.',
  PathRefused: 'A path of the task leads outside its own files.',
  OutputMissing: 'A declared output was not written.',
  TransferFailed: 'Files could not be transferred.',
  WorkdirUnusable: 'The working directory of an executor cannot be used.',
  FileUnplaceable: 'A file could not be placed inside the container of an executor.',
  StdinMissing: 'The file for the standard input of an executor does not exist.',
  NodeRestarted: 'The node was restarted while the task ran, and files of it may be lost.',
};

/** Failures that another attempt may not have. */
const HEALING: ReadonlySet<StageFailureCode> = new Set(['TransferFailed', 'NodeRestarted']);

/** The verdict on a failure that a stage knew. */
export function stageFailure({ code, message }: StageFailure): Verdict {
  const finding = { code, message: message === '' ? STAGE_FAILURE_SENTENCES[code] : message };
  return HEALING.has(code) ? infrastructure(finding) : badTask(finding);
}
