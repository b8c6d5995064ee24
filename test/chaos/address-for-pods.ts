/** Where pods of the cluster reach this machine. */
import type { ApiClient } from '../../src/kubernetes/api-client.ts';

interface Nodes {
  readonly items: readonly {
    readonly status?: {
      readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    };
  }[];
}

/** The bridge of the private cluster is the one address of this machine that its pods reach. */
export async function addressForPods(api: ApiClient): Promise<string> {
  const { items } = await api.json<Nodes>({ method: 'GET', path: '/api/v1/nodes' });
  const addresses = items.flatMap(({ status }) => status?.addresses ?? []);
  const internal = addresses.find(({ type }) => type === 'InternalIP');
  if (internal === undefined) throw new Error('no node of the cluster has an internal address');
  return internal.address;
}
