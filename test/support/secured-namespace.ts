/** A task namespace of its own that enforces a pod security standard, with a claim over a folder of the test. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { ApiClient } from '../../src/kubernetes/api-client.ts';
import { environment } from './test-environment.ts';

/** The namespace and how a server is set to use it. */
export interface SecuredNamespace {
  readonly path: string;
  readonly folder: string;
  readonly settings: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

const SIZE = '1Gi';
const LABEL = 'pod-security.kubernetes.io/enforce';

/** Makes it; the folder is open to every user, as that of a restricted pod is not root. */
export async function makeSecuredNamespace(
  api: ApiClient,
  level: 'baseline' | 'restricted',
): Promise<SecuredNamespace> {
  const name = `orrery-${level}-${randomBytes(4).toString('hex')}`;
  const folder = join(environment('FILES_DIR'), name);
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o777);
  const path = `/api/v1/namespaces/${name}`;
  const claim = { accessModes: ['ReadWriteMany'], storageClassName: '' };
  const post = (place: string, body: object) => api.json({ method: 'POST', path: place, body });
  await post('/api/v1/namespaces', {
    metadata: { name, labels: { [LABEL]: level, [`${LABEL}-version`]: 'latest' } },
  });
  await post('/api/v1/persistentvolumes', {
    metadata: { name },
    spec: {
      ...claim,
      capacity: { storage: SIZE },
      persistentVolumeReclaimPolicy: 'Retain',
      claimRef: { namespace: name, name },
      hostPath: { path: folder, type: 'Directory' },
    },
  });
  await post(`${path}/persistentvolumeclaims`, {
    metadata: { name },
    spec: { ...claim, volumeName: name, resources: { requests: { storage: SIZE } } },
  });
  return {
    path,
    folder,
    settings: { ORRERY_TASK_NAMESPACE: name, ORRERY_FILE_CLAIMS: `${folder}=${name}` },
    async remove() {
      await api.json({ method: 'DELETE', path });
      await api.json({ method: 'DELETE', path: `/api/v1/persistentvolumes/${name}` });
      await rm(folder, { recursive: true, force: true });
    },
  };
}
