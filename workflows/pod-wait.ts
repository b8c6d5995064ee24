/** The waiting of one attempt: its `awaitPod`, one timer, and whatever else may wake the workflow. */
import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

import type { AttemptInput } from '../activities/results.ts';
import type { PodClass } from '../src/tes/observation.ts';
import { awaitPod } from './policies.ts';

/** What woke the workflow. */
export type Waking = 'pod' | 'timer' | 'canceled';

/**
 * Waits for an attempt's pod. `awaitPod` is never cancelled, because a cancelled one would stay pending and
 * block its own fixed id: a timer or a cancel that wins the race leaves it open, and the next wait awaits the same one.
 */
export function createPodWait(attempt: AttemptInput) {
  let open: Promise<Waking> | undefined;

  return {
    /** Returns at once when `wakeInMs` is 0, without waiting for the pod. */
    async untilWoken(until: {
      seen: PodClass;
      wakeInMs: number;
      cancel: readonly Promise<Waking>[];
    }): Promise<Waking> {
      if (until.wakeInMs <= 0) return 'timer';
      open ??= awaitPod(attempt, until.seen).then((): Waking => 'pod');
      const timer = startTimer(until.wakeInMs);
      const woken = await Promise.race([open, timer.fired, ...until.cancel]);
      timer.stop();
      // Only an answer that woke us is used up: one that came meanwhile wakes the next wait at once.
      if (woken === 'pod') open = undefined;
      return woken;
    },
  };
}

function startTimer(ms: number): { fired: Promise<Waking>; stop: () => void } {
  const scope = new CancellationScope();
  const fired = scope
    .run(async (): Promise<Waking> => {
      await sleep(ms);
      return 'timer';
    })
    .catch((error: unknown): Waking => {
      if (isCancellation(error)) return 'timer';
      throw error;
    });
  return {
    fired,
    stop: () => {
      scope.cancel();
    },
  };
}
