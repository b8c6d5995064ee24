import type { PodGateway } from '../src/kubernetes/ports.ts';
import type { PodObservation } from '../src/tes/observation.ts';
import type { NodeSight } from '../src/tes/proven-dead.ts';

/** The attempt's own pod and the Node it is bound to, as they are now. */
export interface PodLook {
  readonly pod: PodObservation | undefined;
  readonly node: NodeSight;
}

/**
 * GETs the pod and, once it is bound, its Node. A pod of the same name with another uid than the recorded one
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
  const nodeName = pod?.nodeName ?? boundTo;
  return { pod, node: nodeName === undefined ? undefined : await pods.node(nodeName) };
}
