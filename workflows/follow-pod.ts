/** From a pod that exists to an attempt that is settled. */
import type { AttemptInput, EnsureResult, SettleResult } from '../activities/results.ts';
import type { PodClass } from '../src/tes/observation.ts';
import type { CancelWish } from './cancel-wish.ts';
import { showAttempt } from './details.ts';
import { createPodWait } from './pod-wait.ts';
import { removePod, settleAttempt } from './policies.ts';

/** How an attempt ends for its task: for good, or with another try after a pause. */
export type AttemptEnd = Extract<SettleResult, { kind: 'done' | 'next' }>;

/**
 * Waits for the pod, looks at it whenever something may have changed, deletes it when told to, and
 * returns once the attempt is settled. A cancel is answered once, with a delete; the wait goes on.
 */
export async function followPod(
  attempt: AttemptInput,
  wish: CancelWish,
  opening: Extract<EnsureResult, { kind: 'ready' | 'remove' }>,
): Promise<AttemptEnd> {
  const wait = createPodWait(attempt);
  let node: string | undefined;
  let cancelAnswered = opening.kind === 'remove';
  let wakeInMs = opening.kind === 'ready' ? opening.wakeInMs : 0;
  let seen: PodClass = 'fresh';
  let goneSince: number | undefined;

  for (;;) {
    showAttempt(attempt, { doing: doingOf(seen), node });
    const woken = await wait.untilWoken({
      seen,
      wakeInMs,
      cancel: cancelAnswered ? [] : [wish.promise],
    });
    if (woken === 'canceled') {
      cancelAnswered = true;
      showAttempt(attempt, { doing: 'a cancel was asked; the pod is being deleted', node });
      await wish.recorded();
      await removePod({ ...attempt, intent: { kind: 'cancel' } });
    }

    const look = await settleAttempt({
      ...attempt,
      ...(goneSince !== undefined && { goneSince }),
    });
    switch (look.kind) {
      case 'done':
      case 'next':
        return look;
      case 'delete':
        showAttempt(attempt, { doing: `the pod is being deleted (${look.intent.kind})`, node });
        await removePod({ ...attempt, intent: look.intent });
        wakeInMs = 0;
        break;
      case 'wait':
        ({ seen, wakeInMs, goneSince, node } = look);
    }
  }
}

/** The workflow sees classes only: whether a fresh pod waits, pulls or runs is in the task's own state. */
function doingOf(seen: PodClass): string {
  return seen === 'fresh' ? 'waits for its pod to end' : `looks after its pod, which is ${seen}`;
}
