/** Task pods of a cluster that is still the one they were made in. */
import type { PodGateway } from './ports.ts';
import { createRecognition } from './recognition.ts';

/**
 * The same gateway, which believes that a pod or a Node is missing, or another one, only after the cluster has been
 * recognised anew: a namespace that was made anew, or another cluster behind the same address, answers "not found" for
 * everything, and a dead Node there proves nothing here. No pod is made without it either. `recognise` rejects when the
 * cluster is not ours, with a TransientError, because only an operator can put that right.
 */
export function withClusterRecognised(
  pods: PodGateway,
  recognise: () => Promise<void>,
): PodGateway {
  const recognition = createRecognition(recognise);
  return {
    ...pods,
    async get(name) {
      const pod = await pods.get(name);
      if (pod === undefined) await recognition.anew();
      return pod;
    },
    async node(name) {
      const node = await pods.node(name);
      await recognition.anew();
      return node;
    },
    async createGated(plan) {
      await recognition.lately();
      return pods.createGated(plan);
    },
  };
}
