/** How a failed activity is tried again: an outage for ever, a fault of ours for an hour. */
import { ApplicationFailure, Context } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import type { Logger } from 'pino';

import { normalizeError } from '../src/errors/normalize.ts';
import { countActivityFailure } from '../src/telemetry/metrics.ts';
import { type FailureKind, failureKind } from './failure-kind.ts';

/** What the tries of all activities share. */
export interface RetryRules {
  readonly logger: Logger;
  /** How long a fault is tried again, in milliseconds, before the task is given up. */
  readonly faultPatienceMs: number;
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

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5 * 60_000;
const SHORTEST_PAUSE_MS = 10;
const LONGEST_MESSAGE = 1000;

/** Less than this many faults are never the end, however long ago the first was: an outage may lie between them. */
const FEWEST_FAULTS = 5;

/**
 * The activity with its pauses chosen by full jitter, so that ten thousand tasks that met the same outage do not come
 * back as a herd. A fault is logged as an error and counted; when it lasts, `giveUp` ends the task and answers.
 */
export function withRetries<Input extends { readonly taskId: string }, Result>(
  step: Step<Input, Result>,
  giveUp: Step<Input, Result>,
  { logger, faultPatienceMs }: RetryRules,
): Step<Input, Result> {
  return async (input) => {
    try {
      return await step(input);
    } catch (error) {
      const kind = failureKind(error);
      if (kind === 'deliberate') throw error;
      const { activityType: activity, attempt } = Context.current().info;
      countActivityFailure(activity, kind);
      if (kind === 'outage') throw toRetry(error, kind);

      const faults = noteFault();
      const about = { err: error, taskId: input.taskId, activity, attempt };
      if (faults.count < FEWEST_FAULTS || Date.now() - faults.since < faultPatienceMs) {
        logger.error(about, 'an activity failed in a way nobody foresaw; it is tried again');
        throw toRetry(error, kind);
      }
      logger.error(about, 'an activity has failed for too long; its task is given up');
      countActivityFailure(activity, 'given-up');
      return giveUp(input);
    }
  };
}

/** The pause before the try after `attempt`, which counts from 1; in milliseconds. `random` lies in [0, 1). */
export function fullJitter(attempt: number, random: number): number {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
  return Math.max(SHORTEST_PAUSE_MS, Math.round(longest * random));
}

function noteFault(): Faults {
  const context = Context.current();
  const before = context.info.heartbeatDetails as Faults | undefined;
  const faults = { since: before?.since ?? Date.now(), count: (before?.count ?? 0) + 1 };
  context.heartbeat(faults);
  return faults;
}

/** What the Temporal UI shows of the last try; like in the log, without credentials. */
function toRetry(error: unknown, kind: FailureKind): ApplicationFailure {
  const { type, message } = normalizeError(error);
  return ApplicationFailure.create({
    type: kind === 'outage' ? 'Outage' : 'InternalError',
    message: `${type}: ${message}`.slice(0, LONGEST_MESSAGE),
    nextRetryDelay: fullJitter(Context.current().info.attempt, Math.random()),
    // An outage is told by the metric and the health checks, not by the SDK's log once a task and try.
    ...(kind === 'outage' && { category: ApplicationFailureCategory.BENIGN }),
  });
}
