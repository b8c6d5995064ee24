/** Are these the engines that this installation's rows belong to? */
import { namespaceUid } from '../kubernetes/identity.ts';
import { namespaceId } from '../temporal/client.ts';
import type { Engines } from './engines.ts';

/**
 * Remembers Temporal's namespace and the cluster's task namespace at first sight; afterwards refuses others under
 * the same name, because a re-created or mistyped one answers "not found" for everything. Throws when refused.
 */
export async function recogniseEngines(engines: Engines): Promise<void> {
  const { config, store, temporal } = engines;
  const { namespace } = config.kubernetes;

  const temporalId = await namespaceId(temporal);
  if (!(await store.installation.recognise('temporal-namespace', temporalId))) {
    throw new Error(
      `Temporal's namespace ${config.temporal.namespace} at ${config.temporal.address} is not the one this database belongs to; correct ORRERY_TEMPORAL_ADDRESS or ORRERY_TEMPORAL_NAMESPACE.`,
    );
  }
  const uid = await namespaceUid(engines.kubernetes(), namespace);
  if (!(await store.installation.recognise('task-namespace', uid))) {
    throw new Error(
      `The namespace ${namespace} of this cluster is not the one this database belongs to; correct ORRERY_KUBECONFIG, ORRERY_KUBERNETES_CONTEXT or ORRERY_TASK_NAMESPACE.`,
    );
  }
}
