/** Which cluster and namespace this is, whatever they are called. */
import { TransientError } from '../errors/tes-error.ts';
import type { ApiClient } from './api-client.ts';
import { isApiError } from './api-error.ts';
import type { Namespace } from './objects.ts';

/**
 * The uid of a namespace: it differs in every cluster and after the namespace was made anew.
 * Throws a TransientError when the namespace is missing, because an operator may still make it.
 */
export async function namespaceUid(api: ApiClient, name: string): Promise<string> {
  const path = `/api/v1/namespaces/${encodeURIComponent(name)}`;
  try {
    const { metadata } = await api.json<Namespace>({ method: 'GET', path });
    if (metadata?.uid === undefined) throw new TransientError(`Namespace ${name} has no uid yet.`);
    return metadata.uid;
  } catch (error) {
    if (!isApiError(error, 404)) throw error;
    throw new TransientError(`The cluster has no namespace ${name}; create it.`, { cause: error });
  }
}
