/** How a run is set up: durations, settings of the server, and how much is under way at once. */
import { environment } from '../support/test-environment.ts';
import type { Limits } from './action.ts';

/** One kind of run. */
export interface Profile {
  readonly limits: Limits;
  readonly maxAttempts: number;
  /** The mean pause between the beginnings of two actions, in milliseconds. */
  readonly pauseMs: number;
  /** The most open tasks at once. */
  readonly maxOpen: number;
  /** How long all tasks may take to end after everything is healed, in milliseconds. */
  readonly drainMs: number;
  /** How long after that nothing of them may be left, in milliseconds. */
  readonly cleanMs: number;
  /** How often each cell is to be hit. */
  readonly wantedHits: number;
  /** How much longer than asked for it goes on while tasks or hits are lacking, at most, in milliseconds. */
  readonly patienceMs: number;
}

const SECOND = 1_000;

/**
 * Thousands of simulated pods. A step whose worker was killed is done anew after its time-out of 30 s, so that a task
 * takes a minute or two: very many are open at once, and deadlines are far enough for the others.
 */
export const SIMULATED: Profile = {
  limits: {
    queueDeadlineMs: 240 * SECOND,
    pullDeadlineMs: 45 * SECOND,
    totalDeadlineMs: 300 * SECOND,
    shortMs: 4 * SECOND,
    longMs: 35 * SECOND,
    longShare: 0.06,
    maxSpoiled: 3,
  },
  maxAttempts: 5,
  pauseMs: 1_500,
  maxOpen: 400,
  drainMs: 420 * SECOND,
  cleanMs: 120 * SECOND,
  wantedHits: 5,
  patienceMs: 900 * SECOND,
};

/** Real pods on a small machine. */
export const REAL: Profile = {
  limits: {
    queueDeadlineMs: 60 * SECOND,
    pullDeadlineMs: 60 * SECOND,
    totalDeadlineMs: 150 * SECOND,
    shortMs: 4 * SECOND,
    longMs: 35 * SECOND,
    longShare: 0.06,
    maxSpoiled: 3,
  },
  maxAttempts: 5,
  pauseMs: 900,
  maxOpen: 36,
  drainMs: 480 * SECOND,
  cleanMs: 120 * SECOND,
  wantedHits: 5,
  patienceMs: 900 * SECOND,
};

/** A minute or two, for the tests and for mutants: short interruptions, and no fate that a deadline has to end. */
export const BRIEF: Profile = {
  limits: {
    queueDeadlineMs: 120 * SECOND,
    pullDeadlineMs: 120 * SECOND,
    totalDeadlineMs: 600 * SECOND,
    shortMs: 2 * SECOND,
    longMs: 18 * SECOND,
    longShare: 0.04,
    maxSpoiled: 3,
  },
  maxAttempts: 5,
  pauseMs: 350,
  maxOpen: 40,
  drainMs: 100 * SECOND,
  cleanMs: 40 * SECOND,
  wantedHits: 1,
  patienceMs: 120 * SECOND,
};

/** The settings of every process of a run. */
export function settingsOf(
  { limits, maxAttempts }: Profile,
  names: { readonly taskQueue: string; readonly namespace: string },
): Record<string, string> {
  const seconds = (ms: number): string => String(Math.round(ms / SECOND));
  return {
    ORRERY_TEMPORAL_TASK_QUEUE: names.taskQueue,
    ORRERY_TASK_NAMESPACE: names.namespace,
    ORRERY_SHIM_IMAGE: environment('SHIM_IMAGE'),
    ORRERY_TRANSPORTER_IMAGE: environment('TRANSPORTER_IMAGE'),
    ORRERY_IMAGE_PULL_POLICY: 'IfNotPresent',
    ORRERY_DEFAULT_CPU_CORES: '0.05',
    ORRERY_DEFAULT_RAM_GB: '0.1',
    ORRERY_DEFAULT_DISK_GB: '0.1',
    ORRERY_MAX_ATTEMPTS: String(maxAttempts),
    ORRERY_RETRY_BACKOFF_SECONDS: '1',
    // Longer than the pull deadline: a pull that hangs is ended by that.
    ORRERY_PULL_TROUBLE_SECONDS: '120',
    ORRERY_TERMINATION_GRACE_SECONDS: '5',
    ORRERY_QUEUE_DEADLINE_SECONDS: seconds(limits.queueDeadlineMs),
    ORRERY_PULL_DEADLINE_SECONDS: seconds(limits.pullDeadlineMs),
    ORRERY_TOTAL_DEADLINE_SECONDS: seconds(limits.totalDeadlineMs),
    ORRERY_HOST: '127.0.0.1',
    ORRERY_PORT: '0',
    ORRERY_LOG_LEVEL: 'info',
  };
}
