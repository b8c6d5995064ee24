/** Pods of tasks that run on simulated nodes, without anybody who looks after them. */
import pLimit from 'p-limit';
import { v7 } from 'uuid';

import { fateImage } from '../../../deploy/local/simulated-nodes/index.ts';
import type { Pod } from '../../../src/kubernetes/objects.ts';
import { buildTaskPod } from '../../../src/kubernetes/pod/build-task-pod.ts';
import type { PodSettings } from '../../../src/kubernetes/pod/settings.ts';
import type { TaskNamespace } from '../../support/task-namespace.ts';

const SETTINGS: Omit<PodSettings, 'namespace'> = {
  shimImage: 'none',
  transporterImage: 'none',
  imagePullPolicy: 'IfNotPresent',
  defaults: { cpuCores: 0.1, ramGb: 0.2, diskGb: 1 },
  fileClaims: [],
  tailBytes: 65_536,
  graceSeconds: 30,
};

const IN_FLIGHT = 32;

/** Makes pods that run for an hour, bound to these nodes in turn: without gate and finalizer, and past the scheduler. */
export async function makeRunningPods(
  { api, path, installation }: TaskNamespace,
  count: number,
  nodes: readonly string[],
): Promise<void> {
  const limit = pLimit(IN_FLIGHT);
  const document = { executors: [{ image: fateImage('run-3600s'), command: ['true'] }] };
  const settings = { ...SETTINGS, namespace: path.split('/').at(-1) ?? '' };
  const make = async (index: number): Promise<void> => {
    const plan = { installation, taskId: v7(), number: 1, document };
    const body = buildTaskPod(plan, settings);
    delete body.metadata?.finalizers;
    delete body.spec?.schedulingGates;
    const nodeName = nodes[index % nodes.length];
    await api.json<Pod>({
      method: 'POST',
      path: `${path}/pods`,
      body: { ...body, spec: { ...body.spec, nodeName } },
    });
  };
  await Promise.all(Array.from({ length: count }, (_, index) => limit(make, index)));
}

/** Removes them all. */
export async function removeRunningPods({ api, path }: TaskNamespace): Promise<void> {
  const query = { gracePeriodSeconds: '0' };
  await api.json({ method: 'DELETE', path: `${path}/pods`, query });
}
