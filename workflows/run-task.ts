/** `runTask`: the story of one task, from its first pod to its final state. */
import { CancellationScope, CancelledFailure, patched, sleep } from '@temporalio/workflow';

import type { EnsureResult } from '../activities/results.ts';
import type { FinalState } from '../src/tes/state.ts';
import { type CancelWish, withCancelWish } from './cancel-wish.ts';
import { type End, showAttempt, showEnd } from './details.ts';
import { followPod } from './follow-pod.ts';
import { ensurePod, recordWish, removePod, settleAttempt } from './policies.ts';

const ASK_ANEW_MS = 1_000;

/** What the workflow is started with: the id, not the document, which stays in Postgres. */
export interface RunTaskInput {
  readonly taskId: string;
  /** Search attributes were registered when the workflow was started. An unregistered one would stop it for ever. */
  readonly searchAttributes?: boolean;
}

/**
 * Drives one task to its final state, whatever is killed in between; its workflow id is the task id.
 * Returns the final state; a task that ended CANCELED closes its execution as Canceled.
 */
export async function runTask({ taskId, searchAttributes }: RunTaskInput): Promise<FinalState> {
  return withCancelWish(
    () => recordWish({ taskId }),
    async (wish) => {
      const end = await tryUntilFinal(taskId, wish);
      showEnd(end, searchAttributes === true);
      const { state } = end;
      if (state === 'CANCELED' && wish.asked) throw new CancelledFailure('the task was canceled');
      return state;
    },
  );
}

async function tryUntilFinal(taskId: string, wish: CancelWish): Promise<End> {
  for (;;) {
    const opening = await openPod(taskId, wish);

    if (opening.kind === 'final') {
      return { ...opening, ...(await cleanUp(taskId, opening.number)) };
    }
    if (opening.kind === 'unproven') {
      await sleep(opening.wakeInMs);
      continue;
    }
    const attempt = { taskId, number: opening.number };
    if (opening.kind === 'remove') await removePod({ ...attempt, intent: { kind: 'cancel' } });

    const end = await followPod(attempt, wish, opening);
    if (end.kind === 'done') return { ...end, number: attempt.number };
    showAttempt(attempt, { doing: 'has ended; another one follows', reason: end.reason });
    await Promise.race([sleep(end.backoffMs), wish.promise]);
  }
}

/**
 * Asks for the pod of the next attempt. While none can be made, for a quota or an outage, the pauses between the tries
 * grow to minutes: a cancel leaves such a try behind and asks anew, which the row then answers with the wish.
 */
async function openPod(taskId: string, wish: CancelWish): Promise<EnsureResult> {
  await wish.recorded();
  if (wish.asked) return ensurePod({ taskId });

  const scope = new CancellationScope();
  const asked = scope.run(() => ensurePod({ taskId }));
  const first = await Promise.race([asked, wish.promise]);
  if (first !== 'canceled') return first;
  await wish.recorded();
  if (!patched('cancel-asks-anew')) return asked;
  // One that is at work meets the wish by itself and takes its own pod away.
  const second = await Promise.race([asked, sleep(ASK_ANEW_MS)]);
  if (second !== undefined) return second;
  asked.catch(() => undefined);
  scope.cancel();
  return ensurePod({ taskId });
}

/** A run that finds its row final has nothing to do but the clean-up its predecessor may have missed. */
async function cleanUp(taskId: string, number: number | undefined): Promise<Pick<End, 'reason'>> {
  const settled = number === undefined ? undefined : await settleAttempt({ taskId, number });
  return settled?.kind === 'done' ? { reason: settled.reason } : {};
}
