/** The task pods of this installation's cluster. */
import { createPodGateway } from '../kubernetes/pods.ts';
import type { PodGateway } from '../kubernetes/ports.ts';
import { withClusterRecognised } from '../kubernetes/recognised-pods.ts';
import { compareCluster } from './engine-identity.ts';
import type { Engines } from './engines.ts';

/** The gateway to them, which acts on no other cluster. */
export function createTaskPods(engines: Engines): PodGateway {
  const { config } = engines;
  const settings = { ...config.pods, namespace: config.kubernetes.namespace };
  return withClusterRecognised(createPodGateway(engines.kubernetes(), settings), () =>
    compareCluster(engines),
  );
}
