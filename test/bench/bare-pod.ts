/** The yardsticks: pods whose containers run the command of a task, made with the Kubernetes client. */
import { v7 } from 'uuid';

import type { ApiClient } from '../../src/kubernetes/api-client.ts';
import type { Container, Pod } from '../../src/kubernetes/objects.ts';
import { environment } from '../support/test-environment.ts';
import { COMMAND, type Size } from './workload.ts';

/** How many containers run before the one that a pod of a task with one executor ends with. */
export const STAGES_BEFORE = 2;

/** Creates a pod with so many init containers before its only main one and returns its name. */
export async function createBarePod(
  api: ApiClient,
  path: string,
  { size, initContainers = 0 }: { size: Size; initContainers?: number },
): Promise<string> {
  const name = `orrery-bench-${v7()}`;
  const body: Pod = {
    metadata: { name, labels: { 'orrery.dev/bench': 'bare' } },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      initContainers: Array.from({ length: initContainers }, (_, index) =>
        buildContainer(`before-${index}`, size),
      ),
      containers: [buildContainer('command', size)],
    },
  };
  await api.json({ method: 'POST', path: `${path}/pods`, body });
  return name;
}

function buildContainer(name: string, { cpuCores, ramGb }: Size): Container {
  const resources = { cpu: String(cpuCores), memory: `${ramGb * 1000}M` };
  return {
    name,
    image: environment('DEMO_IMAGE'),
    imagePullPolicy: 'IfNotPresent',
    command: [...COMMAND],
    resources: { requests: resources, limits: resources },
  };
}

/** Removes every pod that a bench made. */
export async function removeBarePods(api: ApiClient, path: string): Promise<void> {
  await api.json({
    method: 'DELETE',
    path: `${path}/pods`,
    query: { labelSelector: 'orrery.dev/bench=bare', gracePeriodSeconds: '0' },
  });
}
