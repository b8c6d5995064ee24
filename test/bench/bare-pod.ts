/** The yardstick: a pod with one container that runs the command of a task, made with the Kubernetes client. */
import { v7 } from 'uuid';

import type { ApiClient } from '../../src/kubernetes/api-client.ts';
import type { Pod } from '../../src/kubernetes/objects.ts';
import { environment } from '../support/test-environment.ts';
import { COMMAND, type Size } from './workload.ts';

/** Creates a pod and returns its name. */
export async function createBarePod(api: ApiClient, path: string, size: Size): Promise<string> {
  const name = `orrery-bench-${v7()}`;
  const resources = { cpu: String(size.cpuCores), memory: `${size.ramGb * 1000}M` };
  const body: Pod = {
    metadata: { name, labels: { 'orrery.dev/bench': 'bare' } },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      containers: [
        {
          name: 'command',
          image: environment('DEMO_IMAGE'),
          imagePullPolicy: 'IfNotPresent',
          command: [...COMMAND],
          resources: { requests: resources, limits: resources },
        },
      ],
    },
  };
  await api.json({ method: 'POST', path: `${path}/pods`, body });
  return name;
}

/** Removes every pod that a bench made. */
export async function removeBarePods(api: ApiClient, path: string): Promise<void> {
  await api.json({
    method: 'DELETE',
    path: `${path}/pods`,
    query: { labelSelector: 'orrery.dev/bench=bare', gracePeriodSeconds: '0' },
  });
}
