/** Settings and plans for the tests of the pod builders. */
import type { PodSettings } from '../../../src/kubernetes/pod/settings.ts';
import type { PodPlan } from '../../../src/kubernetes/ports.ts';
import type { TaskDocument } from '../../../src/tes/task.ts';
import { PLAIN_PODS } from '../../support/plain-rules.ts';

export const settings: PodSettings = {
  namespace: 'orrery-tasks',
  shimImage: 'orrery.local/shim:1',
  transporterImage: 'orrery.local/transporter:1',
  imagePullPolicy: 'IfNotPresent',
  ...PLAIN_PODS,
  defaults: { cpuCores: 1, ramGb: 2, diskGb: 10 },
  fileClaims: [
    { root: '/data', claim: 'data-claim' },
    { root: '/data/scratch', claim: 'scratch-claim' },
  ],
  tailBytes: 65_536,
  graceSeconds: 30,
};

/** A document with one executor that says hello. */
export function aDocument(parts: Partial<TaskDocument> = {}): TaskDocument {
  return { executors: [{ image: 'alpine:3', command: ['echo', 'hello'] }], ...parts };
}

/** The first attempt of a task. */
export function aPlan(document: TaskDocument): PodPlan {
  return {
    installation: '0197f3a0-0000-7000-8000-00000000000a',
    taskId: '0197f3a0-0000-7000-8000-000000000001',
    number: 1,
    document,
  };
}
