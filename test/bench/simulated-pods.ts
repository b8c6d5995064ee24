/** Pods of the shape that tasks have, on simulated nodes, without anybody who looks after them. */
import pLimit from 'p-limit';
import { v7 } from 'uuid';

import { fateImage, type FateWord } from '../../deploy/local/simulated-nodes/index.ts';
import type { Pod } from '../../src/kubernetes/objects.ts';
import { buildTaskPod } from '../../src/kubernetes/pod/build-task-pod.ts';
import type { PodSettings } from '../../src/kubernetes/pod/settings.ts';
import { PLAIN_PODS } from '../support/plain-rules.ts';
import type { TaskNamespace } from '../support/task-namespace.ts';
import { until } from '../support/until.ts';

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
const REMOVAL_MS = 10 * 60_000;

/** What is made. Without a node the scheduler chooses. */
export interface Wanted {
  readonly fate: FateWord;
  readonly node?: string;
}

/** Makes one as the worker does, but without gate and finalizer, and returns its name. */
export async function makePod(
  { api, path, installation }: TaskNamespace,
  { fate, node }: Wanted,
): Promise<string> {
  const document = { executors: [{ image: fateImage(fate), command: ['true'] }] };
  const settings = { ...SETTINGS, namespace: path.split('/').at(-1) ?? '' };
  const body = buildTaskPod({ installation, taskId: v7(), number: 1, document }, settings);
  delete body.metadata?.finalizers;
  delete body.spec?.schedulingGates;
  if (node !== undefined && body.spec !== undefined) body.spec.nodeName = node;
  await api.json<Pod>({ method: 'POST', path: `${path}/pods`, body });
  return body.metadata?.name ?? '';
}

/** Makes many, on these nodes in turn. Resolves once all exist. */
export async function makePods(
  namespace: TaskNamespace,
  { count, fate, nodes }: { count: number; fate: FateWord; nodes: readonly string[] },
): Promise<void> {
  const limit = pLimit(IN_FLIGHT);
  const make = (index: number): Promise<string> => {
    const node = nodes[index % nodes.length];
    return makePod(namespace, { fate, ...(node !== undefined && { node }) });
  };
  await Promise.all(Array.from({ length: count }, (_, index) => limit(make, index)));
}

const GRACELESS = { gracePeriodSeconds: '0' };

/** Removes one pod. */
export async function removePod({ api, path }: TaskNamespace, name: string): Promise<void> {
  await api.json({ method: 'DELETE', path: `${path}/pods/${name}`, query: GRACELESS });
}

/** Removes every pod of the namespace: of thousands the API server removes as many as it can in the time of one request. */
export async function removePods({ api, path }: TaskNamespace): Promise<void> {
  const removeAll = async (): Promise<true> => {
    await api.json({ method: 'DELETE', path: `${path}/pods`, query: GRACELESS });
    return true;
  };
  await until(removeAll, { what: 'all pods are removed', withinMs: REMOVAL_MS });
}
