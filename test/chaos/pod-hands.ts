/** What people do to pods by hand. */
import { type ApiClient } from '../../src/kubernetes/api-client.ts';
import { isApiError } from '../../src/kubernetes/api-error.ts';

/** How a pod is taken away: as `kubectl delete`, as `kubectl drain`, or with a grace period of 0. */
export type PodHarm = 'delete' | 'evict' | 'force-delete';

/** Takes pods of one namespace away. */
export interface PodHands {
  /** True when the API server took it; false when the pod was gone before. `uid` keeps from hitting another one. */
  harm(name: string, uid: string, harm: PodHarm): Promise<boolean>;
}

/** The hands of an administrator. */
export function createPodHands(api: ApiClient, namespace: string): PodHands {
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  return {
    async harm(name, uid, harm) {
      const path = `${pods}/${name}`;
      const preconditions = { uid };
      try {
        if (harm === 'evict') {
          const body = {
            apiVersion: 'policy/v1',
            kind: 'Eviction',
            metadata: { name },
            deleteOptions: { preconditions },
          };
          await api.json({ method: 'POST', path: `${path}/eviction`, body });
        } else {
          const grace = harm === 'force-delete' ? { gracePeriodSeconds: 0 } : {};
          const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions, ...grace };
          await api.json({ method: 'DELETE', path, body });
        }
        return true;
      } catch (error) {
        if (isApiError(error, 404) || isApiError(error, 409)) return false;
        throw error;
      }
    },
  };
}
