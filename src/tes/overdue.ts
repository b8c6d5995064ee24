/** What a pod that was deleted for a deadline was waiting for. */
import { endVerdict } from './end-verdict.ts';
import type { EndWay } from './ends.ts';
import type { Evidence } from './evidence.ts';
import type { PodObservation } from './observation.ts';
import { currentStage } from './stages.ts';
import type { DeadlineKind, Verdict } from './verdict.ts';

/** What the scheduler says of volume claims that do not exist or have no volume. */
const VOLUMES = /persistentvolumeclaim|unbound|volume/i;

/** The verdict on an attempt that a deadline ended, with what Kubernetes itself said it was waiting for. */
export function overdue(
  kind: DeadlineKind,
  { pod, refusal }: Pick<Evidence, 'pod' | 'refusal'>,
): Verdict {
  const way = wayOf(kind, pod);
  return endVerdict(way, {
    executor: 'the executor',
    node: pod?.nodeName,
    said: way === 'podForbidden' ? refusal : pod && waitingFor(pod),
  });
}

function wayOf(kind: DeadlineKind, pod: PodObservation | undefined): EndWay {
  switch (kind) {
    case 'queue':
      if (pod === undefined) return 'podForbidden';
      return VOLUMES.test(pod.unschedulable ?? '') ? 'volumeUnbound' : 'queueDeadline';
    case 'pull':
      return pod?.unprepared === true ? 'podNotPrepared' : 'pullDeadline';
    case 'run':
      return 'runDeadline';
    case 'total':
      return 'totalDeadline';
  }
}

function waitingFor(pod: PodObservation): string | undefined {
  if (pod.unschedulable !== undefined && pod.nodeName === undefined) return pod.unschedulable;
  const stage = currentStage(pod);
  if (stage?.state.kind !== 'waiting') return undefined;
  return `${stage.name} (image ${stage.image}) waits with ${stage.state.reason}. ${stage.state.message}`;
}
