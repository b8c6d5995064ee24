import { podName } from '../src/tes/attempt.ts';
import type { Intent } from '../src/tes/verdict.ts';
import type { ActivityPorts } from './index.ts';
import type { AttemptInput } from './results.ts';
import { discardUnstarted, unrecordedKind } from './unrecorded-pod.ts';

/**
 * Deletes an attempt's pod: first the reason on the attempt, then DELETE with the recorded uid as precondition.
 * The finalizer stays: `settleAttempt` removes it once the pod is proven dead and its result is committed.
 */
export function createRemovePod({
  installation,
  attempts,
  pods,
}: Pick<ActivityPorts, 'installation' | 'attempts' | 'pods'>) {
  return async function removePod(input: AttemptInput & { intent: Intent }): Promise<void> {
    await attempts.recordIntent(input.taskId, input.number, input.intent);
    const found = await attempts.find(input.taskId, input.number);
    const pod = await pods.get(podName(input));
    if (found === undefined || pod === undefined) return;

    const { podUid } = found.attempt;
    if (podUid !== undefined) {
      await pods.delete(pod.name, podUid);
      return;
    }
    switch (unrecordedKind(pod, { ...input, installation })) {
      case 'unstarted':
        return discardUnstarted(pods, pod);
      case 'forgotten':
        if (await attempts.adoptUid(input.taskId, input.number, pod.uid)) {
          await pods.delete(pod.name, pod.uid);
        }
        return;
      case 'foreign':
    }
  };
}
