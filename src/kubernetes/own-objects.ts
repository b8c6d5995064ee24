/** Everything in the task namespace that carries the label of an installation. */
import { LABELS } from '../tes/attempt.ts';
import type { ApiClient } from './api-client.ts';
import { isApiError, isForbidden } from './api-error.ts';
import { listPages } from './list-pages.ts';
import type { PodList, SecretGateway, SecretRef } from './list-ports.ts';
import type { Pod, Secret } from './objects.ts';
import { observePod } from './pod-status.ts';

/** Whose objects, and where. */
export interface OwnObjects {
  readonly namespace: string;
  readonly installation: string;
}

/** The pods of an installation. */
export function createPodList(api: ApiClient, own: OwnObjects): PodList {
  return {
    async *pages() {
      for await (const { items } of listPages<Pod>(api, listOf('pods', own))) {
        yield items.map(observePod);
      }
    },
  };
}

/** The Secrets of an installation. */
export function createSecretGateway(api: ApiClient, own: OwnObjects): SecretGateway {
  const { path } = listOf('secrets', own);
  return {
    async list() {
      const found: SecretRef[] = [];
      try {
        for await (const { items } of listPages<Secret>(api, listOf('secrets', own))) {
          found.push(...items.map(toRef));
        }
      } catch (error) {
        if (isForbidden(error)) return undefined;
        throw error;
      }
      return found;
    },
    async delete({ name, uid }) {
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } };
      try {
        await api.json({ method: 'DELETE', path: `${path}/${encodeURIComponent(name)}`, body });
      } catch (error) {
        if (!isApiError(error, 404) && !isApiError(error, 409)) throw error;
      }
    },
  };
}

function listOf(kind: 'pods' | 'secrets', { namespace, installation }: OwnObjects) {
  return {
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/${kind}`,
    labelSelector: `${LABELS.installation}=${installation}`,
  };
}

function toRef({ metadata }: Secret): SecretRef {
  return { name: metadata?.name ?? '', uid: metadata?.uid ?? '' };
}
