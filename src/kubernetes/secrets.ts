/** Makes sure that the Secrets of an attempt exist and are those of its pod. */
import { TransientError } from '../errors/tes-error.ts';
import { ANNOTATIONS } from '../tes/attempt.ts';
import type { ApiClient } from './api-client.ts';
import { isApiError, isRefusal, toTransient } from './api-error.ts';
import type { Secret } from './objects.ts';
import { buildSpecSecrets } from './pod/secrets.ts';
import type { PodSettings } from './pod/settings.ts';
import type { PodPlan, Refusal } from './ports.ts';

/** How often a Secret of the same name may be in the way before we come back later. */
const ROUNDS = 3;

interface SecretsContext {
  readonly api: ApiClient;
  readonly settings: PodSettings;
}

/**
 * Creates every Secret that the pod's volume names. One that exists counts only if it is owned by this pod and was
 * made from this document; any other is deleted by its uid and made anew.
 */
export async function ensureSpecSecrets(
  { api, settings }: SecretsContext,
  plan: PodPlan,
  podUid: string,
): Promise<Refusal | { readonly kind: 'ready' }> {
  const path = `/api/v1/namespaces/${encodeURIComponent(settings.namespace)}/secrets`;
  try {
    for (const secret of buildSpecSecrets(plan, settings, podUid)) {
      await ensureSecret(api, path, secret);
    }
  } catch (error) {
    if (!isRefusal(error)) throw toTransient(error);
    return {
      kind: 'refused',
      message: `Kubernetes refuses the specification of this task: ${error.message}`,
    };
  }
  return { kind: 'ready' };
}

async function ensureSecret(api: ApiClient, path: string, secret: Secret): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    if (await tryCreate(api, path, secret)) return;
    if (await isKept(api, path, secret)) return;
  }
  throw new TransientError(
    `The Secret ${nameOf(secret)} is made by somebody else again and again; it belongs to Orrery.`,
  );
}

async function tryCreate(api: ApiClient, path: string, body: Secret): Promise<boolean> {
  try {
    await api.text({ method: 'POST', path, body });
    return true;
  } catch (error) {
    if (isApiError(error, 409, 'AlreadyExists')) return false;
    throw error;
  }
}

/** Whether the Secret that has the name can stay; if not, it is deleted. */
async function isKept(api: ApiClient, path: string, wanted: Secret): Promise<boolean> {
  const one = `${path}/${encodeURIComponent(nameOf(wanted))}`;
  try {
    const found = await api.json<Secret>({ method: 'GET', path: one });
    if (isSame(found, wanted)) return true;
    const preconditions = { uid: found.metadata?.uid };
    await api.json({
      method: 'DELETE',
      path: one,
      body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions },
    });
    return false;
  } catch (error) {
    // Deleted or remade between our calls: the next round looks again.
    if (isApiError(error, 404) || isApiError(error, 409)) return false;
    throw error;
  }
}

function isSame(found: Secret, wanted: Secret): boolean {
  return (
    ownerOf(found) === ownerOf(wanted) &&
    found.metadata?.deletionTimestamp === undefined &&
    hashOf(found) === hashOf(wanted)
  );
}

function ownerOf(secret: Secret): string | undefined {
  return secret.metadata?.ownerReferences?.[0]?.uid;
}

function hashOf(secret: Secret): string | undefined {
  return secret.metadata?.annotations?.[ANNOTATIONS.documentHash];
}

function nameOf(secret: Secret): string {
  return secret.metadata?.name ?? '';
}
