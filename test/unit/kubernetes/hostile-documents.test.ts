/** Whatever users write, it stays in the fields that are theirs. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Pod } from '../../../src/kubernetes/objects.ts';
import { buildTaskPod } from '../../../src/kubernetes/pod/build-task-pod.ts';
import type { TaskDocument } from '../../../src/tes/task.ts';
import { aPlan, settings } from './pod-settings.ts';

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '__proto__',
    '$(ORRERY)',
    '$$(HOME)',
    '../../etc',
    'orrery.dev/installation',
    '"},"hostNetwork":true,"x":{"',
    'executor-0',
    '\u0000',
  ),
);

const documents: fc.Arbitrary<TaskDocument> = fc.record({
  name: hostile,
  description: hostile,
  tags: fc.dictionary(hostile, hostile),
  executors: fc.array(
    fc.record({
      image: hostile,
      command: fc.array(hostile),
      env: fc.dictionary(hostile, hostile),
      workdir: hostile.map((name) => `/work/${name}`),
      stdout: hostile.map((name) => `/log/${name}`),
    }),
    { minLength: 1, maxLength: 1 },
  ),
  inputs: fc.array(
    fc.record({
      path: hostile.map((name) => `/in/${name}`),
      url: hostile,
      type: fc.constant('FILE' as const),
    }),
  ),
});

describe('buildTaskPod with hostile documents', () => {
  it('changes nothing but image, mounts and the document hash', () => {
    const tame = withoutUserFields(
      buildTaskPod(aPlan({ executors: [{ image: 'i', command: ['c'] }] }), settings),
    );

    fc.assert(
      fc.property(documents, (document) => {
        const pod = buildTaskPod(aPlan({ ...document, inputs: [] }), settings);

        expect(withoutUserFields(pod)).toEqual(tame);
      }),
    );
  });

  it('mounts only beneath the virtual root, and never over its own directory', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const pod = buildTaskPod(aPlan(document), settings);

        for (const mount of userMounts(pod)) {
          expect(mount).toEqual({
            name: 'scratch',
            mountPath: mount.mountPath,
            subPath: `root${mount.mountPath}`,
          });
          expect(mount.mountPath.split('/')).not.toContain('.orrery');
        }
      }),
    );
  });

  it('holds neither argv, environment nor contents', () => {
    const document: TaskDocument = {
      executors: [{ image: 'i', command: ['argv-secret'], env: { NAME: 'env-secret' } }],
      inputs: [{ path: '/in/x', content: 'content-secret', type: 'FILE' }],
    };

    expect(JSON.stringify(buildTaskPod(aPlan(document), settings))).not.toMatch(/-secret/);
  });
});

const OUR_MOUNTS = 4;

function userMounts(pod: Pod) {
  return pod.spec?.initContainers?.[1]?.volumeMounts?.slice(OUR_MOUNTS) ?? [];
}

function withoutUserFields(pod: Pod): unknown {
  const copy = structuredClone(pod);
  const executor = copy.spec?.initContainers?.[1];
  if (executor === undefined) throw new Error('the pod has no executor');
  executor.image = '';
  executor.volumeMounts = (executor.volumeMounts ?? []).slice(0, OUR_MOUNTS);
  if (copy.metadata?.annotations) copy.metadata.annotations['orrery.dev/document-hash'] = '';
  return copy;
}
