import type { PodGateway } from '../src/kubernetes/ports.ts';
import { LABELS } from '../src/tes/attempt.ts';
import type { PodObservation } from '../src/tes/observation.ts';
import type { AttemptInput } from './results.ts';

/**
 * What a pod is that has an attempt's name while the attempt knows no uid. `unstarted`: it has its gate, so no container
 * of it ever ran. `forgotten`: its gate was lifted, which follows the record of its uid, so Postgres was set back and the
 * pod may run. `foreign`: it was not made for this attempt and is not ours to delete.
 */
export function unrecordedKind(
  pod: PodObservation,
  owner: AttemptInput & { readonly installation: string },
): 'unstarted' | 'forgotten' | 'foreign' {
  const isOurs =
    pod.labels[LABELS.installation] === owner.installation &&
    pod.labels[LABELS.task] === owner.taskId &&
    pod.labels[LABELS.attempt] === String(owner.number);
  if (!isOurs) return 'foreign';
  return pod.gated ? 'unstarted' : 'forgotten';
}

/** Deletes an unstarted pod whose uid never will be recorded; its finalizer may go at once. */
export async function discardUnstarted(pods: PodGateway, pod: PodObservation): Promise<void> {
  await pods.delete(pod.name, pod.uid, 0);
  await pods.release(pod.name, pod.uid);
}

/** Another's pod has the name of an attempt: a human has to look, so it counts as a fault. */
export class ForeignPodError extends Error {
  override readonly name = 'ForeignPodError';

  constructor({ name, uid }: Pick<PodObservation, 'name' | 'uid'>) {
    super(
      `pod ${name} (uid ${uid}) has the name of this attempt but was not made for it; look at it and delete it by hand`,
    );
  }
}
