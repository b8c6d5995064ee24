/** Are these the engines that this installation's rows belong to? */
import { TransientError } from '../errors/tes-error.ts';
import { namespaceUid } from '../kubernetes/identity.ts';
import type { Identities } from '../store/collect-ports.ts';
import { namespaceId } from '../temporal/client.ts';
import type { Engines } from './engines.ts';

type Known = Pick<Engines, 'config' | 'store' | 'temporal' | 'kubernetes'>;

const TIMEOUT_MS = 10_000;

/**
 * Remembers Temporal's namespace and the cluster's task namespace at first sight; afterwards refuses others under
 * the same name, because a re-created or mistyped one answers "not found" for everything. Throws when refused.
 */
export async function recogniseEngines(engines: Known): Promise<void> {
  const { temporalNamespace, taskNamespace } = await askEngines(engines);
  const { installation } = engines.store;
  if (!(await installation.recognise('temporal-namespace', temporalNamespace))) {
    throw foreignTemporal(engines);
  }
  if (!(await installation.recognise('task-namespace', taskNamespace))) {
    throw foreignCluster(engines);
  }
}

/** The same comparison before something is destroyed: it stores nothing, and an installation that knows no engines is refused. */
export async function compareEngines(engines: Known): Promise<void> {
  const stored = await engines.store.administration.identities();
  if (stored.temporalNamespace === undefined || stored.taskNamespace === undefined) {
    throw new Error(
      'This database has not met Temporal and a cluster yet; correct ORRERY_POSTGRES_URL, or start `orrery serve` first.',
    );
  }
  const { temporalNamespace, taskNamespace } = await askEngines(engines);
  if (stored.temporalNamespace !== temporalNamespace) throw foreignTemporal(engines);
  if (stored.taskNamespace !== taskNamespace) throw foreignCluster(engines);
}

/** Throws a TransientError when the cluster's task namespace is not the one that this installation's pods are in. */
export async function compareCluster(
  engines: Pick<Engines, 'config' | 'store' | 'kubernetes'>,
): Promise<void> {
  const { taskNamespace } = await engines.store.administration.identities();
  const { namespace } = engines.config.kubernetes;
  if (taskNamespace !== (await namespaceUid(engines.kubernetes(), namespace))) {
    throw foreignCluster(engines);
  }
}

/** Which engines answer under the configured names. Throws a TransientError when one of them does not. */
export async function askEngines({
  config,
  temporal,
  kubernetes,
}: Known): Promise<Required<Identities>> {
  const { address, namespace } = config.temporal;
  const temporalNamespace = await temporal
    .withDeadline(Date.now() + TIMEOUT_MS, () => namespaceId(temporal))
    .catch((cause: unknown) => {
      throw new TransientError(
        `Temporal at ${address} does not tell its namespace ${namespace}; start it, or correct ORRERY_TEMPORAL_ADDRESS or ORRERY_TEMPORAL_NAMESPACE.`,
        { cause },
      );
    });
  const taskNamespace = await namespaceUid(kubernetes(), config.kubernetes.namespace);
  return { temporalNamespace, taskNamespace };
}

function foreignTemporal({ config: { temporal } }: Pick<Known, 'config'>): TransientError {
  return new TransientError(
    `Temporal's namespace ${temporal.namespace} at ${temporal.address} is not the one this database belongs to; correct ORRERY_TEMPORAL_ADDRESS or ORRERY_TEMPORAL_NAMESPACE, or move the installation with \`orrery identity rebind\`.`,
  );
}

function foreignCluster({ config: { kubernetes } }: Pick<Known, 'config'>): TransientError {
  return new TransientError(
    `The namespace ${kubernetes.namespace} of this cluster is not the one this database belongs to; correct ORRERY_KUBECONFIG, ORRERY_KUBERNETES_CONTEXT or ORRERY_TASK_NAMESPACE, or move the installation with \`orrery identity rebind\`.`,
  );
}
