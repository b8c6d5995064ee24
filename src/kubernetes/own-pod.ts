/** Changes to a pod that only ever hit the pod of one uid. */
import { TransientError } from '../errors/tes-error.ts';
import type { ApiClient } from './api-client.ts';
import { ApiError, isApiError } from './api-error.ts';
import type { Pod } from './objects.ts';

/** One pod, by path and uid. */
export interface OwnPod {
  readonly path: string;
  readonly uid: string;
}

const STRATEGIC_MERGE = 'application/strategic-merge-patch+json';

/**
 * Applies a strategic merge patch; false when the pod is gone or its name has another uid by now. Such a patch takes
 * single entries out of a list, so that nobody else's gate or finalizer is touched and a second time is harmless.
 */
export async function patchOwnPod(
  api: ApiClient,
  pod: OwnPod,
  patch: { readonly metadata?: object; readonly spec?: object },
): Promise<boolean> {
  const body = { ...patch, metadata: { ...patch.metadata, uid: pod.uid } };
  try {
    await api.text({ method: 'PATCH', path: pod.path, body, contentType: STRATEGIC_MERGE });
    return true;
  } catch (error) {
    await expectGone(api, pod, error);
    return false;
  }
}

/** Asks Kubernetes to delete the pod; one that is gone, or whose name has another uid, is no error. */
export async function deleteOwnPod(
  api: ApiClient,
  pod: OwnPod,
  graceSeconds: number | undefined,
): Promise<void> {
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    preconditions: { uid: pod.uid },
    ...(graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds }),
  };
  try {
    await api.text({ method: 'DELETE', path: pod.path, body });
  } catch (error) {
    await expectGone(api, pod, error);
  }
}

/** A refused change is in order only if a look shows that the pod is not there any more. */
async function expectGone(api: ApiClient, pod: OwnPod, refused: unknown): Promise<void> {
  if (isApiError(refused, 404)) return;
  if (!(refused instanceof ApiError)) throw refused;
  if ((await uidAt(api, pod.path)) !== pod.uid) return;
  if (refused.status === 409) {
    throw new TransientError(`Kubernetes reports a conflict: ${refused.message}`);
  }
  throw refused;
}

async function uidAt(api: ApiClient, path: string): Promise<string | undefined> {
  try {
    return (await api.json<Pod>({ method: 'GET', path })).metadata?.uid;
  } catch (error) {
    if (isApiError(error, 404)) return undefined;
    throw error;
  }
}
