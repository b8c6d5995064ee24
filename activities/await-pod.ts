import { CompleteAsyncError } from '@temporalio/activity';

import { podName } from '../src/tes/attempt.ts';
import type { PodClass } from '../src/tes/observation.ts';
import { isWorse, podClass } from '../src/tes/pod-state.ts';
import type { ActivityPorts } from './index.ts';
import { lookAtPod } from './pod-look.ts';
import type { AttemptInput } from './results.ts';

/**
 * Returns the pod's class when it is worse than `seen`; otherwise leaves the answer to the controller, which
 * completes this activity from outside. It begins with a GET, so a completion lost before it started is made good.
 */
export function createAwaitPod({ attempts, pods }: Pick<ActivityPorts, 'attempts' | 'pods'>) {
  return async function awaitPod(input: AttemptInput & { seen: PodClass }): Promise<PodClass> {
    const found = await attempts.find(input.taskId, input.number);
    const { pod, node } = await lookAtPod(pods, podName(input), found?.attempt.podUid);
    const seenNow = podClass(pod, node);
    if (isWorse(seenNow, input.seen)) return seenNow;
    throw new CompleteAsyncError();
  };
}
