/** Files of the administrator that executors see, and nobody else in the pod. */
import type { Destination } from '../../tes/destination.ts';
import { ACCOUNT_PLACE } from '../../tes/offers.ts';
import type { Volume, VolumeMount } from '../objects.ts';
import { executorSecretVolume, VOLUMES } from './names.ts';
import type { PodSettings } from './settings.ts';

/** Executors run as any user. */
const ALL_READ = 0o444;

/** As Kubernetes does it for pods that mount their token, so that its client libraries find it. */
const TOKEN_SECONDS = 3607;

/** The Secrets that the administrator configured, and the token of an account that executors may see. */
export function buildExecutorFileVolumes(
  { account }: Destination,
  { executorSecrets }: PodSettings,
): Volume[] {
  return [
    ...executorSecrets.map(({ secret }, index) => ({
      name: executorSecretVolume(index),
      secret: { secretName: secret, defaultMode: ALL_READ },
    })),
    ...(account?.token === true ? [buildAccountVolume()] : []),
  ];
}

/** Where executors see them; the token lies where Kubernetes itself would put it. */
export function buildExecutorFileMounts(
  { account }: Destination,
  { executorSecrets }: PodSettings,
): VolumeMount[] {
  return [
    ...executorSecrets.map(({ path }, index) => ({
      name: executorSecretVolume(index),
      mountPath: path,
      readOnly: true,
    })),
    ...(account?.token === true
      ? [{ name: VOLUMES.account, mountPath: ACCOUNT_PLACE, readOnly: true }]
      : []),
  ];
}

function buildAccountVolume(): Volume {
  const namespace = {
    path: 'namespace',
    fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' },
  };
  return {
    name: VOLUMES.account,
    projected: {
      defaultMode: ALL_READ,
      sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: TOKEN_SECONDS } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [namespace] } },
      ],
    },
  };
}
