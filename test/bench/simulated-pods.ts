/** Pods of the shape that tasks have, on simulated nodes, without anybody who looks after them. */
import pLimit from 'p-limit';
import { v7 } from 'uuid';

import { fateImage, type FateWord } from '../../deploy/local/simulated-nodes/index.ts';
import type { Pod } from '../../src/kubernetes/objects.ts';
import { buildTaskPod } from '../../src/kubernetes/pod/build-task-pod.ts';
import type { PodSettings } from '../../src/kubernetes/pod/settings.ts';
import { PLAIN_PODS } from '../support/plain-rules.ts';
import type { TaskNamespace } from '../support/task-namespace.ts';

const SETTINGS: Omit<PodSettings, 'namespace'> = {
  shimImage: 'none',
  transporterImage: 'none',
  imagePullPolicy: 'IfNotPresent',
  ...PLAIN_PODS,
  defaults: { cpuCores: 0.1, ramGb: 0.2, diskGb: 1 },
  fileClaims: [],
  tailBytes: 65_536,
  graceSeconds: 30,
};

const IN_FLIGHT = 32;

/** What is made. Without nodes the scheduler chooses. */
export interface Wanted {
  readonly count: number;
  readonly fate: FateWord;
  readonly nodes?: readonly string[];
}

/** Makes them as the worker does, but without gate and finalizer; on given nodes in turn. Resolves once all exist. */
export async function makePods(
  { api, path, installation }: TaskNamespace,
  { count, fate, nodes = [] }: Wanted,
): Promise<void> {
  const limit = pLimit(IN_FLIGHT);
  const document = { executors: [{ image: fateImage(fate), command: ['true'] }] };
  const settings = { ...SETTINGS, namespace: path.split('/').at(-1) ?? '' };
  const make = async (index: number): Promise<void> => {
    const plan = { installation, taskId: v7(), number: 1, document };
    const body = buildTaskPod(plan, settings);
    delete body.metadata?.finalizers;
    delete body.spec?.schedulingGates;
    const nodeName = nodes[index % nodes.length];
    if (nodeName !== undefined && body.spec !== undefined) body.spec.nodeName = nodeName;
    await api.json<Pod>({ method: 'POST', path: `${path}/pods`, body });
  };
  await Promise.all(Array.from({ length: count }, (_, index) => limit(make, index)));
}

/** Removes every pod of the namespace. */
export async function removePods({ api, path }: TaskNamespace): Promise<void> {
  const query = { gracePeriodSeconds: '0' };
  await api.json({ method: 'DELETE', path: `${path}/pods`, query });
}
