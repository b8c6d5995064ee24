/** Verdicts that are not read from a pod alone. */
import { endVerdict, verdictOf } from './end-verdict.ts';
import { ENDS } from './ends.ts';
import type { StageFailure } from './report.ts';
import type { Verdict } from './verdict.ts';

/** The verdict on a failure that a stage knew: its own sentence, or that of the table when it is lost. */
export function stageFailure({ code, message }: StageFailure): Verdict {
  if (message === '') return endVerdict(code);
  return verdictOf(ENDS[code].class, { code, message });
}

/**
 * An attempt whose pod may still run somewhere, judged after the patience for lost nodes: nothing is tried again,
 * because a second pod could run beside the first.
 */
export function unproven(where: {
  readonly pod: string;
  readonly node?: string | undefined;
}): Verdict {
  return endVerdict('unproven', where);
}

/** Orrery itself failed: nothing is known of the task's work, and trying again has not helped. */
export function internalError(activity: string): Verdict {
  return endVerdict('internalError', { activity });
}
