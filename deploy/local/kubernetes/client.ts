import { existsSync } from 'node:fs';

import {
  CoreV1Api as CoreApi,
  type CoreV1Api,
  KubeConfig,
  type V1PersistentVolume,
  type V1PersistentVolumeClaim,
  type V1Pod,
} from '@kubernetes/client-node';

import { LocalError } from '../local-error.ts';

export type { CoreV1Api, V1PersistentVolume, V1PersistentVolumeClaim, V1Pod };

/** A client for the cluster of a kubeconfig: its context of this name, or its current one. */
export function createClient(kubeconfigPath: string, context?: string): CoreV1Api {
  if (!existsSync(kubeconfigPath)) {
    throw new LocalError(
      `There is no kubeconfig ${kubeconfigPath}: name yours in KUBECONFIG, or leave --context out.`,
    );
  }
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigPath);
  if (context !== undefined) {
    if (!config.getContexts().some(({ name }) => name === context)) {
      const known = config.getContexts().map(({ name }) => name);
      throw new LocalError(
        `${kubeconfigPath} has no context ${context}: name one of ${known.join(', ') || '(it has none)'} with --context.`,
      );
    }
    config.setCurrentContext(context);
  }
  return config.makeApiClient(CoreApi);
}

/** The answer, or undefined when Kubernetes says that there is no such object. */
export async function orAbsent<T>(request: Promise<T>): Promise<T | undefined> {
  return request.catch((error: unknown) => {
    if (statusOf(error) === 404) return undefined;
    throw error;
  });
}

/** Done, also when somebody else made or removed the object in the same moment. */
export async function orDone(request: Promise<unknown>): Promise<void> {
  await request.catch((error: unknown) => {
    if (statusOf(error) !== 409 && statusOf(error) !== 404) throw error;
  });
}

function statusOf(error: unknown): number | undefined {
  return typeof error === 'object' && error !== null && 'code' in error
    ? Number(error.code)
    : undefined;
}
