/** How a failed activity is tried again: an outage for ever, a fault of ours for an hour. */
import { ApplicationFailure, Context } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import type { Logger } from 'pino';

import { normalizeError } from '../src/errors/normalize.ts';
import { countActivityFailure } from '../src/telemetry/metrics.ts';
import { type FailureKind, failureKind } from './failure-kind.ts';
import type { RetryPauses } from './retry-pauses.ts';

/** What the tries of all activities share. */
export interface RetryRules {
  readonly logger: Logger;
  /** How long a fault is tried again, in milliseconds, before the task is given up. */
  readonly faultPatienceMs: number;
  /** Of all activities of this worker together. */
  readonly pauses: RetryPauses;
}

/** An activity of `runTask`: one input that names its task. */
export type Step<Input extends { readonly taskId: string }, Result> = (
  input: Input,
) => Promise<Result>;

/** Since when (epoch milliseconds) this activity has met faults; kept in its heartbeat from try to try. */
interface Faults {
  readonly since: number;
  readonly count: number;
}

const LONGEST_MESSAGE = 1000;

/** Less than this many faults are never the end, however long ago the first was: an outage may lie between them. */
const FEWEST_FAULTS = 5;

/**
 * The activity with its pauses chosen here, so that ten thousand tasks that met the same outage do not come back as a
 * herd. A fault is logged as an error and counted; when it lasts, `giveUp` ends the task and answers.
 */
export function withRetries<Input extends { readonly taskId: string }, Result>(
  step: Step<Input, Result>,
  giveUp: Step<Input, Result>,
  { logger, faultPatienceMs, pauses }: RetryRules,
): Step<Input, Result> {
  return async (input) => {
    const { activityType: activity, attempt } = Context.current().info;
    const what = `${activity} ${input.taskId}`;
    try {
      const result = await step(input);
      pauses.passed(what);
      return result;
    } catch (error) {
      const kind = failureKind(error);
      if (kind === 'deliberate') {
        pauses.passed(what);
        throw error;
      }
      countActivityFailure(activity, kind);
      if (kind === 'outage') throw toRetry(error, kind, pauses.after(what, attempt));

      const faults = noteFault();
      const about = { err: error, taskId: input.taskId, activity, attempt };
      if (faults.count < FEWEST_FAULTS || Date.now() - faults.since < faultPatienceMs) {
        logger.error(about, 'an activity failed in a way nobody foresaw; it is tried again');
        throw toRetry(error, kind, pauses.after(what, attempt));
      }
      logger.error(about, 'an activity has failed for too long; its task is given up');
      countActivityFailure(activity, 'given-up');
      return giveUp(input);
    }
  };
}

function noteFault(): Faults {
  const context = Context.current();
  const before = context.info.heartbeatDetails as Faults | undefined;
  const faults = { since: before?.since ?? Date.now(), count: (before?.count ?? 0) + 1 };
  context.heartbeat(faults);
  return faults;
}

/** What the Temporal UI shows of the last try; like in the log, without credentials. */
function toRetry(error: unknown, kind: FailureKind, pauseMs: number): ApplicationFailure {
  const { type, message } = normalizeError(error);
  return ApplicationFailure.create({
    type: kind === 'outage' ? 'Outage' : 'InternalError',
    message: `${type}: ${message}`.slice(0, LONGEST_MESSAGE),
    nextRetryDelay: pauseMs,
    // An outage is told by the metric and the health checks, not by the SDK's log once a task and try.
    ...(kind === 'outage' && { category: ApplicationFailureCategory.BENIGN }),
  });
}
