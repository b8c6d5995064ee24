/** Whatever users write, it stays in the fields that are theirs. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Pod } from '../../../src/kubernetes/objects.ts';
import { buildTaskPod } from '../../../src/kubernetes/pod/build-task-pod.ts';
import { placementFault } from '../../../src/kubernetes/pod/placement.ts';
import { buildSpecSecrets } from '../../../src/kubernetes/pod/secrets.ts';
import type { PodSettings } from '../../../src/kubernetes/pod/settings.ts';
import type { Resources, TaskDocument } from '../../../src/tes/task.ts';
import { PLAIN_OFFERS } from '../../support/plain-rules.ts';
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

/** Begins everything that a user writes, so that it is found wherever it comes out. */
const MARK = '☠';
const poison = hostile.map((text) => `${MARK}${text}`);
const below = (folder: string) => poison.map((name) => `/${folder}/${name}`);

const documents: fc.Arbitrary<TaskDocument> = fc.record({
  name: poison,
  description: poison,
  tags: fc.dictionary(poison, poison),
  executors: fc.array(
    fc.record({
      image: poison,
      command: fc.array(poison),
      env: fc.dictionary(poison, poison),
      workdir: below('work'),
      stdin: below('in'),
      stdout: below('log'),
      stderr: below('log'),
    }),
    { minLength: 1, maxLength: 1 },
  ),
  inputs: fc.array(
    fc.record({
      path: below('in'),
      url: poison,
      name: poison,
      type: fc.constantFrom('FILE' as const, 'DIRECTORY' as const),
    }),
  ),
  outputs: fc.array(
    fc.record({ path: below('out'), url: poison, type: fc.constant('DIRECTORY' as const) }),
  ),
  volumes: fc.array(below('volume')),
});

/** Wishes as they could be stored if nothing had checked them. */
const resources: fc.Arbitrary<Resources> = fc.record(
  {
    preemptible: fc.boolean(),
    zones: fc.array(fc.oneof(poison, fc.constant('b')), { maxLength: 2 }),
    backend_parameters: fc.dictionary(
      fc.oneof(
        poison,
        fc.constantFrom('placement', 'gpu', 'service_account', 'priority', 'timeouts'),
      ),
      fc.oneof(poison, fc.constantFrom('big', '1', 'a100:1', 'reader', '__proto__', 'constructor')),
    ),
  },
  { requiredKeys: [] },
);

const richSettings: PodSettings = {
  ...settings,
  offers: {
    ...PLAIN_OFFERS,
    placements: { big: { nodeSelector: { pool: 'big' } } },
    gpus: { a100: { resource: 'nvidia.com/gpu', maximum: 8 } },
    preemptible: { tolerations: [{ key: 'spot', operator: 'Exists' }] },
    zones: { b: 'europe-west1-b' },
    serviceAccounts: [{ name: 'reader', token: false }],
  },
  executorSecrets: [{ path: '/licence', secret: 'licence-server' }],
};

describe('buildTaskPod with hostile documents', () => {
  it('changes nothing but image, mounts and the document hash', () => {
    const tame = withoutUserFields(
      buildTaskPod(aPlan({ executors: [{ image: 'i', command: ['c'] }] }), settings),
    );

    fc.assert(
      fc.property(documents, (document) => {
        const pod = buildTaskPod(aPlan(withoutClaims(document)), settings);

        expect(withoutUserFields(pod)).toEqual(tame);
      }),
    );
  });

  it('lets nothing that a user wrote into any other field, whatever is asked for', () => {
    fc.assert(
      fc.property(documents, resources, (document, asked) => {
        const plan = aPlan({ ...document, resources: asked });
        const isOffered = placementFault(plan.document, richSettings) === undefined;

        const pod = isOffered && withoutUserFields(buildTaskPod(plan, richSettings));

        expect(JSON.stringify(pod)).not.toContain(MARK);
      }),
      { numRuns: 500 },
    );
  });

  it('lets nothing that a user wrote into its Secrets but their data', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const secrets = buildSpecSecrets(aPlan(document), settings, 'uid-1');

        const names = secrets.map(({ data, ...rest }) => [rest, Object.keys(data ?? {})]);
        expect(JSON.stringify(names)).not.toContain(MARK);
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

/** Where something is fetched or uploaded, our own stages use another image. */
function withoutClaims(document: TaskDocument): TaskDocument {
  return { ...document, inputs: [], outputs: [] };
}

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
