import type { PodGateway } from '../src/kubernetes/ports.ts';
import type { PodObservation } from '../src/tes/observation.ts';
import { hasEnded, type NodeSight } from '../src/tes/proven-dead.ts';

/** The attempt's own pod as it is now and, unless the pod has ended, the Node it is bound to. */
export interface PodLook {
  readonly pod: PodObservation | undefined;
  readonly node: NodeSight;
}

/**
 * GETs the pod and, once it is bound, its Node, which says nothing new about a pod that has ended. A pod of the same name with another uid than the recorded one
 * is not this attempt's: it counts as gone. `boundTo` names the recorded Node of a pod that is not there any more.
 */
export async function lookAtPod(
  pods: PodGateway,
  name: string,
  uid: string | undefined,
  boundTo?: string,
): Promise<PodLook> {
  const found = await pods.get(name);
  const pod = found?.uid === uid ? found : undefined;
  if (pod !== undefined && hasEnded(pod)) return { pod, node: undefined };
  const nodeName = pod?.nodeName ?? boundTo;
  return { pod, node: nodeName === undefined ? undefined : await pods.node(nodeName) };
}
