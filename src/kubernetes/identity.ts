/** Which cluster this is. */
import type { ApiClient } from './api-client.ts';

/** The uid of the task namespace, which changes with the namespace and with the whole cluster. */
export async function namespaceUid(api: ApiClient, namespace: string): Promise<string> {
  const found = await api.json<{ metadata: { uid: string } }>({
    method: 'GET',
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}`,
  });
  return found.metadata.uid;
}
