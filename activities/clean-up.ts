import type { Attempt } from '../src/store/ports.ts';
import type { ActivityPorts } from './index.ts';
import type { PodLook } from './pod-look.ts';

/**
 * Takes away what a settled attempt left: the pod, and with proof of death its finalizer; its Secrets follow their
 * owner. A debt, an attempt that ended without proof, keeps its finalizer until proof turns up.
 */
export async function cleanUp(
  { attempts, pods }: ActivityPorts,
  { attempt, look, dead }: { attempt: Attempt; look: PodLook; dead: boolean },
): Promise<void> {
  if (look.pod !== undefined) await pods.delete(look.pod.name, look.pod.uid);
  if (!dead) return;
  // Written down first: a finalizer released without it would take the proof away with the pod.
  await attempts.markProvenDead(attempt.taskId, attempt.number);
  if (look.pod !== undefined) await pods.release(look.pod.name, look.pod.uid);
}
