import { LocalError } from '../local-error.ts';
import { waitUntil } from '../wait.ts';
import { type CoreV1Api, orAbsent, orDone } from './client.ts';
import type { PrivateCluster } from './private-cluster.ts';

const PATIENCE_SECONDS = 120;

/**
 * Waits until the node takes pods. After a restart etcd still holds the Ready of before, so that only a heartbeat
 * of this start counts.
 */
export async function waitForNode(
  api: CoreV1Api,
  cluster: PrivateCluster,
  logs: string,
): Promise<void> {
  const isReady = async (): Promise<boolean> => {
    const node = await api.readNode({ name: cluster.node }).catch(() => undefined);
    const ready = node?.status?.conditions?.find(({ type }) => type === 'Ready');
    const heartbeat = ready?.lastHeartbeatTime?.getTime() ?? 0;
    // Kubernetes writes whole seconds.
    const isFresh =
      !cluster.isNew || heartbeat >= Math.floor(cluster.startedAt.getTime() / 1000) * 1000;
    return ready?.status === 'True' && isFresh;
  };
  if (!(await waitUntil(isReady, PATIENCE_SECONDS))) {
    throw new LocalError(
      `The cluster's node is not ready after ${PATIENCE_SECONDS} s: the logs in ${logs} say why.`,
    );
  }
}

/** Makes the namespace of the tasks, and waits for its service account, without which no pod is admitted. */
export async function ensureNamespace(api: CoreV1Api, name: string): Promise<void> {
  const isUsable = async (): Promise<boolean> => {
    const found = await orAbsent(api.readNamespace({ name }));
    if (found === undefined) await orDone(api.createNamespace({ body: { metadata: { name } } }));
    if (found?.status?.phase !== 'Active') return false;
    const account = await orAbsent(
      api.readNamespacedServiceAccount({ name: 'default', namespace: name }),
    );
    return account !== undefined;
  };
  if (!(await waitUntil(isUsable, PATIENCE_SECONDS))) {
    throw new LocalError(
      `The namespace ${name} cannot be used after ${PATIENCE_SECONDS} s: look at \`npm run local -- kubectl get namespaces\`.`,
    );
  }
}
