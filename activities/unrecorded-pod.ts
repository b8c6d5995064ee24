import { ApplicationFailure } from '@temporalio/activity';

import type { PodGateway } from '../src/kubernetes/ports.ts';
import { LABELS } from '../src/tes/attempt.ts';
import type { PodObservation } from '../src/tes/observation.ts';
import type { AttemptInput } from './results.ts';

/**
 * Deletes a pod whose uid is not recorded and never will be: it still has its gate, so no container of it ever ran and
 * the finalizer may go at once. Anything else under that name is not ours to delete: that is an error, never a delete.
 */
export async function discardUnrecorded(
  pods: PodGateway,
  pod: PodObservation,
  owner: AttemptInput & { installation: string },
): Promise<void> {
  if (!pod.gated || !isPodOf(pod, owner)) {
    throw ApplicationFailure.create({
      type: 'ForeignPod',
      message: `pod ${pod.name} (uid ${pod.uid}) has the name of this attempt but was not made for it or lost its gate; look at it and delete it by hand`,
    });
  }
  await pods.delete(pod.name, pod.uid, 0);
  await pods.release(pod.name, pod.uid);
}

function isPodOf(pod: PodObservation, owner: AttemptInput & { installation: string }): boolean {
  return (
    pod.labels[LABELS.installation] === owner.installation &&
    pod.labels[LABELS.task] === owner.taskId &&
    pod.labels[LABELS.attempt] === String(owner.number)
  );
}
