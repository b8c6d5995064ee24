/** Whole pods, so that a changed security field or mount is a visible difference in `pods/*.json`. */
import { readFileSync, writeFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { buildTaskPod } from '../../../src/kubernetes/pod/build-task-pod.ts';
import { placementFault } from '../../../src/kubernetes/pod/placement.ts';
import type { PodSettings } from '../../../src/kubernetes/pod/settings.ts';
import type { TaskDocument } from '../../../src/tes/task.ts';
import { PLAIN_OFFERS } from '../../support/plain-rules.ts';
import { aDocument, aPlan, settings } from './pod-settings.ts';

const documents: Record<string, TaskDocument> = {
  'one-command': aDocument(),
  'inputs-and-outputs': aDocument({
    executors: [
      {
        image: 'registry.example/tool@sha256:0000',
        command: ['sort', '/work/in.txt'],
        workdir: '/work',
        stdout: '/work/out.txt',
        stderr: '/var/log/sort.txt',
        env: { LC_ALL: 'C', PRICE: '$(HOME) costs $5' },
      },
    ],
    inputs: [
      { path: '/work/in.txt', url: 'file:///data/in.txt', type: 'FILE' },
      { path: '/etc/sort.conf', content: 'numeric\n', type: 'FILE' },
    ],
    outputs: [
      { path: '/work/out.txt', url: 'file:///data/scratch/out.txt', type: 'FILE' },
      { path: '/parts/*.bin', path_prefix: '/parts', url: 's3://bucket/parts', type: 'FILE' },
    ],
    resources: { cpu_cores: 0.5, ram_gb: 1.5, disk_gb: 20 },
  }),
  'three-executors': aDocument({
    executors: [
      { image: 'first', command: ['a'], ignore_error: true },
      { image: 'second', command: ['b'] },
      { image: 'third', command: ['c'] },
    ],
    volumes: ['/shared', '/shared/deeper'],
  }),
};

/** An installation that uses everything there is, and a task that asks for all of it. */
const richSettings: PodSettings = {
  ...settings,
  images: {
    defaultRegistry: 'registry.example/mirror',
    pullSecrets: [
      { place: 'registry.example/mirror', secret: 'mirror' },
      { place: 'quay.io', secret: 'quay' },
    ],
  },
  offers: {
    ...PLAIN_OFFERS,
    placements: {
      big: {
        nodeSelector: { pool: 'big' },
        tolerations: [{ key: 'big', operator: 'Exists', effect: 'NoSchedule' }],
        runtimeClassName: 'gvisor',
        priorityClassName: 'urgent',
        schedulerName: 'packing',
      },
    },
    gpus: {
      a100: {
        resource: 'nvidia.com/gpu',
        maximum: 8,
        nodeSelector: { 'nvidia.com/gpu.product': 'A100' },
        tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists' }],
      },
    },
    preemptible: { nodeSelector: { spot: 'true' } },
    zones: { b: 'europe-west1-b', c: 'europe-west1-c' },
    serviceAccounts: [{ name: 'reader', token: true }],
  },
  executorSecrets: [{ path: '/licence', secret: 'licence-server' }],
  serviceAccount: 'nobody',
  runDeadlineSeconds: 3600,
};

const richDocument = aDocument({
  resources: {
    preemptible: true,
    zones: ['c', 'b'],
    backend_parameters: { placement: 'big', GPU: 'a100:2', service_account: 'reader' },
  },
});

describe('buildTaskPod', () => {
  it('builds the pod of pods/everything-asked-for.json', () => {
    expectGolden('everything-asked-for', buildTaskPod(aPlan(richDocument), richSettings));
  });

  it('builds the pod of pods/restricted.json, where all containers share one user that is not root', () => {
    const user = { uid: 65_532, gid: 1000 };
    const restricted = { ...settings, restricted: true, user };

    expectGolden(
      'restricted',
      buildTaskPod(aPlan(documents['inputs-and-outputs'] ?? aDocument()), restricted),
    );
  });

  it('builds no pod for what is not offered any more', () => {
    expect(() => buildTaskPod(aPlan(richDocument), settings)).toThrow(
      'The placement "big" is not offered here.',
    );
    expect(placementFault(richDocument, settings)).toBe('The placement "big" is not offered here.');
    expect(placementFault(richDocument, richSettings)).toBeUndefined();
  });

  it.each(Object.entries(documents))('builds the pod of pods/%s.json', (name, document) => {
    const pod = buildTaskPod(aPlan(document), settings);

    expectGolden(name, pod);
  });

  it('builds the same pod from the same plan', () => {
    const document = documents['inputs-and-outputs'] ?? aDocument();

    const twice = [
      buildTaskPod(aPlan(document), settings),
      buildTaskPod(aPlan(document), settings),
    ];

    expect(JSON.stringify(twice[0])).toBe(JSON.stringify(twice[1]));
  });

  it('mounts read-only inputs from a tree that no executor can write to', () => {
    const document = aDocument({
      inputs: [{ path: '/work/in', content: 'x', type: 'FILE' }],
      volumes: ['/work'],
    });

    const pod = buildTaskPod(aPlan(document), { ...settings, inputsReadOnly: true });

    const executor = pod.spec?.initContainers?.find(({ name }) => name === 'executor-0');
    const files = executor?.volumeMounts?.filter(({ name }) => name === 'scratch') ?? [];
    expect(files.map(({ mountPath, subPath, readOnly }) => [mountPath, subPath, readOnly])).toEqual(
      [
        ['/.orrery/files', 'root', undefined],
        ['/tmp', 'root/tmp', undefined],
        ['/work', 'root/work', undefined],
        ['/work/in', 'read-only/work/in', true],
      ],
    );
  });

  it('mounts a claim read-only where it is read, writable where it is written, and never in executors', () => {
    const document = documents['inputs-and-outputs'] ?? aDocument();

    const pod = buildTaskPod(aPlan(document), settings);

    const claims = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].map(
      ({ name, volumeMounts = [] }) => [
        name,
        volumeMounts
          .filter((mount) => mount.name.startsWith('claim-'))
          .map((mount) => `${mount.name} ${mount.readOnly === true ? 'ro' : 'rw'}`),
      ],
    );
    expect(Object.fromEntries(claims)).toEqual({
      inputs: ['claim-0 ro'],
      'executor-0': [],
      outputs: ['claim-1 rw'],
    });
  });
});

/** Compares with a committed file; `UPDATE_GOLDEN=1` writes it anew, to be read before it is committed. */
function expectGolden(name: string, pod: unknown): void {
  const file = new URL(`pods/${name}.json`, import.meta.url);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    writeFileSync(file, `${JSON.stringify(pod, null, 2)}\n`);
  }
  expect(pod).toEqual(JSON.parse(readFileSync(file, 'utf8')));
}
