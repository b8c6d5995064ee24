/** The activities as a worker runs them: each with its retries, and with what it answers when its task is given up. */
import { createGiveUp } from './give-up.ts';
import { type Activities, type ActivityPorts, createActivities } from './index.ts';
import { createRetryPauses } from './retry-pauses.ts';
import { type RetryRules, withRetries } from './retrying.ts';

/** What the activities act on, and how long they are tried again. */
export type WorkerPorts = ActivityPorts & Omit<RetryRules, 'pauses'>;

/** Builds them. After a task was given up the workflow finds its row final, cleans up and ends. */
export function createWorkerActivities(ports: WorkerPorts): Activities {
  const steps = createActivities(ports);
  const giveUp = createGiveUp(ports);
  const pauses = createRetryPauses({ now: () => Date.now(), random: () => Math.random() });
  const rules = { ...ports, pauses };
  return {
    ensurePod: withRetries(
      steps.ensurePod,
      async ({ taskId }) => ({ kind: 'final', ...(await giveUp(taskId, 'ensurePod')) }),
      rules,
    ),
    settleAttempt: withRetries(
      steps.settleAttempt,
      async ({ taskId }) => ({
        kind: 'done',
        state: (await giveUp(taskId, 'settleAttempt')).state,
      }),
      rules,
    ),
    awaitPod: withRetries(
      steps.awaitPod,
      async ({ taskId }) => {
        await giveUp(taskId, 'awaitPod');
        return 'gone' as const;
      },
      rules,
    ),
    removePod: withRetries(
      steps.removePod,
      async ({ taskId }) => {
        await giveUp(taskId, 'removePod');
      },
      rules,
    ),
    recordWish: withRetries(
      steps.recordWish,
      async ({ taskId }) => {
        await giveUp(taskId, 'recordWish');
      },
      rules,
    ),
  };
}
