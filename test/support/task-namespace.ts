/** The task namespace as an administrator sees it: what an installation of ours has there. */
import { type ApiClient, createApiClient } from '../../src/kubernetes/api-client.ts';
import { isApiError } from '../../src/kubernetes/api-error.ts';
import { loadKubeConfig } from '../../src/kubernetes/kube-config.ts';
import type { Pod } from '../../src/kubernetes/objects.ts';
import { observePod } from '../../src/kubernetes/pod-status.ts';
import { LABELS } from '../../src/tes/attempt.ts';
import type { PodObservation } from '../../src/tes/observation.ts';
import { environment, namedContext } from './test-environment.ts';

/** What tests look at, and what they do by hand. */
export interface TaskNamespace {
  readonly api: ApiClient;
  readonly installation: string;
  /** Its path in the API. */
  readonly path: string;
  /** The pods of one task. */
  podsOf(taskId: string): Promise<readonly PodObservation[]>;
  /** Every pod and Secret of the installation, as `kind/name`. */
  objects(): Promise<readonly string[]>;
  /** What `kubectl delete pod` does. */
  deletePod(name: string): Promise<void>;
  /** Takes away what a failed test left, finalizers included. */
  sweep(): Promise<void>;
  close(): void;
}

interface List {
  readonly items: readonly Pod[];
}

/** Connects to the cluster of the test environment, and looks at its task namespace or at another one. */
export function openTaskNamespace(
  installation: string,
  namespace: string = environment('TASK_NAMESPACE'),
): TaskNamespace {
  const context = namedContext();
  const api = createApiClient(
    loadKubeConfig({
      kind: 'file',
      path: environment('KUBECONFIG'),
      ...(context !== undefined && { context }),
    }),
  );
  const path = `/api/v1/namespaces/${namespace}`;

  async function list(kind: 'pods' | 'secrets', more = ''): Promise<readonly Pod[]> {
    const labelSelector = `${LABELS.installation}=${installation}${more}`;
    const request = { method: 'GET', path: `${path}/${kind}`, query: { labelSelector } } as const;
    return (await api.json<List>(request)).items;
  }

  const namesOf = async (kind: 'pods' | 'secrets'): Promise<string[]> =>
    (await list(kind)).map(({ metadata }) => `${kind}/${metadata?.name ?? ''}`);

  const deletePod = async (name: string): Promise<void> => {
    await orGone(api.json({ method: 'DELETE', path: `${path}/pods/${name}` }));
  };

  const dropFinalizers = (name: string): Promise<void> =>
    orGone(
      api.json({
        method: 'PATCH',
        path: `${path}/pods/${name}`,
        contentType: 'application/merge-patch+json',
        body: { metadata: { finalizers: null } },
      }),
    );

  return {
    api,
    installation,
    path,
    deletePod,
    podsOf: async (taskId) => (await list('pods', `,${LABELS.task}=${taskId}`)).map(observePod),
    objects: async () => (await Promise.all([namesOf('pods'), namesOf('secrets')])).flat(),
    async sweep() {
      for (const { metadata } of await list('pods')) {
        const name = metadata?.name ?? '';
        await deletePod(name);
        await dropFinalizers(name);
      }
    },
    close: () => {
      api.close();
    },
  };
}

async function orGone(request: Promise<unknown>): Promise<void> {
  await request.catch((error: unknown) => {
    if (!isApiError(error, 404)) throw error;
  });
}
