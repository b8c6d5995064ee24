/** How each activity is run: time-outs, retries, and the texts the Temporal UI shows. */
import { type ActivityOptions, proxyActivities } from '@temporalio/workflow';

import type { Activities } from '../activities/index.ts';
import type { AttemptInput } from '../activities/results.ts';
import { awaitActivityId, podName } from '../src/tes/attempt.ts';
import type { PodClass } from '../src/tes/observation.ts';

/**
 * Unlimited retries: an outage of Postgres, Kubernetes or Temporal never fails a task. The time-out is how long a
 * task stands still when its worker is killed in the middle of a step; a step that takes longer goes on from where it was.
 * The pauses are those after a killed worker: after an error the worker itself chooses them, with jitter.
 */
const infrastructure: ActivityOptions = {
  startToCloseTimeout: '30 seconds',
  retry: {
    initialInterval: '250 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '5 minutes',
  },
};

export const { ensurePod, settleAttempt, removePod, recordWish } =
  proxyActivities<Omit<Activities, 'awaitPod'>>(infrastructure);

const AWAIT_MS = 2 * 60 * 60 * 1000;

/**
 * Waits until the pod's class is worse than `seen`. The controller completes this activity from outside by its
 * fixed id; the time-out is the last resort for lost completions, spread by ±10 % against herds.
 */
export function awaitPod(attempt: AttemptInput, seen: PodClass): Promise<PodClass> {
  const { awaitPod: wait } = proxyActivities<Pick<Activities, 'awaitPod'>>({
    ...infrastructure,
    activityId: awaitActivityId(attempt),
    startToCloseTimeout: Math.round(AWAIT_MS * (0.9 + 0.2 * Math.random())),
    summary: podName(attempt),
  });
  return wait({ ...attempt, seen });
}
