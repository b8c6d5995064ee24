/** The API server as the simulated nodes need it. */
import { createApiClient } from '../../../src/kubernetes/api-client.ts';
import { loadKubeConfig } from '../../../src/kubernetes/kube-config.ts';
import { type CoreV1Api, createClient, orAbsent, orDone } from '../kubernetes/client.ts';
import { ensureNamespace } from '../kubernetes/readiness.ts';
import { LocalError } from '../local-error.ts';
import { waitUntil } from '../wait.ts';
import type { LoggingPod } from './log-server.ts';
import { buildNamespace, buildNode, MARK, type NodeSize, OUT_OF_SERVICE } from './node-objects.ts';

const PATIENCE_SECONDS = 60;
const DRAWN_SECONDS = 10;

/** What the runner of the simulated nodes asks of the cluster. */
export type NodeGateway = ReturnType<typeof createNodeGateway>;

/** Connects as the administrator of this kubeconfig. */
export function createNodeGateway(kubeconfig: string) {
  const api = createClient(kubeconfig);
  // Every task's report costs a request: this client keeps its connections.
  const reader = createApiClient(loadKubeConfig({ kind: 'file', path: kubeconfig }));
  const deleteNode = async (name: string): Promise<void> => orDone(api.deleteNode({ name }));
  return {
    deleteNode,
    /** Deletes what an earlier run has left, whatever its names. */
    deleteAllNodes: async () => {
      const { items } = await api.listNode({ labelSelector: MARK });
      await Promise.all(items.map(async ({ metadata }) => deleteNode(metadata?.name ?? '')));
    },
    ensureNamespace: async (name: string) => {
      await orDone(api.createNamespace({ body: buildNamespace(name) }));
      await ensureNamespace(api, name);
      if (await waitUntil(async () => isDrawn(api, name), DRAWN_SECONDS)) return;
      throw new LocalError(
        `The cluster does not send the pods of ${name} to the simulated nodes: its API server runs without PodNodeSelector and PodTolerationRestriction; stop the environment and start it again.`,
      );
    },
    readPod: async (namespace: string, name: string) =>
      reader.json<LoggingPod>({
        method: 'GET',
        path: `/api/v1/namespaces/${namespace}/pods/${name}`,
      }),
    close: () => {
      reader.close();
    },
    makeNode: async (name: string, size: NodeSize) => {
      await deleteNode(name);
      await api.createNode({ body: buildNode(name, size) });
    },
    isReady: async (name: string) => {
      const node = await orAbsent(api.readNode({ name }));
      return (
        node?.status?.conditions?.some(
          ({ type, status }) => type === 'Ready' && status === 'True',
        ) === true && !(node.spec?.taints ?? []).some(({ key }) => key.endsWith('/not-ready'))
      );
    },
    setFence: async (name: string, isFenced: boolean) => {
      const patch = async (): Promise<boolean> => {
        const node = await api.readNode({ name });
        node.spec ??= {};
        const others = (node.spec.taints ?? []).filter(({ key }) => key !== OUT_OF_SERVICE.key);
        node.spec.taints = isFenced ? [...others, OUT_OF_SERVICE] : others;
        // Somebody else may write the node at the same time: then it is read again.
        return api.replaceNode({ name, body: node }).then(
          () => true,
          () => false,
        );
      };
      if (!(await waitUntil(patch, PATIENCE_SECONDS))) {
        throw new LocalError(`The taints of the simulated node ${name} cannot be changed.`);
      }
    },
  };
}

/** True when a pod of the namespace, which is not really made, would be sent to the simulated nodes. */
async function isDrawn(api: CoreV1Api, namespace: string): Promise<boolean> {
  const body = {
    metadata: { generateName: 'probe-' },
    spec: { containers: [{ name: 'probe', image: 'probe' }] },
  };
  const { spec } = await api.createNamespacedPod({ namespace, body, dryRun: 'All' });
  const isTolerant = spec?.tolerations?.some(({ key }) => key === MARK) ?? false;
  return isTolerant && spec?.nodeSelector?.[MARK] === 'true';
}
