import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';

import { describe, expect, it } from '@jest/globals';

import { buildTaskPod } from '../../../src/kubernetes/pod/build-task-pod.ts';
import { buildSpecSecrets } from '../../../src/kubernetes/pod/secrets.ts';
import { buildStageSpec } from '../../../src/kubernetes/pod/stage-spec.ts';
import type { TaskDocument } from '../../../src/tes/task.ts';
import { aDocument, aPlan, settings } from './pod-settings.ts';

const SECRET_LIMIT = 1024 * 1024;

const large = aDocument({
  inputs: [{ path: '/in', content: randomBytes(1_500_000).toString('hex'), type: 'FILE' }],
});

describe('buildSpecSecrets', () => {
  it.each([
    ['small', aDocument(), 1],
    ['large', large, 5],
  ])('carries a %s specification whole', (_size, document, count) => {
    const secrets = buildSpecSecrets(aPlan(document), settings, 'uid-1');

    const parts = secrets.map(({ data = {} }) =>
      Buffer.from(Object.values(data)[0] ?? '', 'base64'),
    );
    expect(parts).toHaveLength(count);
    expect(parts.every((part) => part.length < SECRET_LIMIT)).toBe(true);
    expect(JSON.parse(gunzipSync(Buffer.concat(parts)).toString())).toEqual(
      buildStageSpec(document, settings),
    );
  });

  it('makes the Secrets that the pod names, in its order', () => {
    const plan = aPlan(large);

    const secrets = buildSpecSecrets(plan, settings, 'uid-1');

    const pod = buildTaskPod(plan, settings);
    const volume = pod.spec?.volumes?.find(({ name }) => name === 'spec');
    expect(volume?.projected?.sources?.map(({ secret }) => [secret?.name, secret?.items])).toEqual(
      secrets.map(({ metadata, data = {} }) => [
        metadata?.name,
        Object.keys(data).map((key) => ({ key, path: key })),
      ]),
    );
  });

  it('is owned by the pod, says what it was made from and cannot be changed', () => {
    const [secret] = buildSpecSecrets(aPlan(aDocument()), settings, 'uid-1');

    expect(secret).toMatchObject({
      immutable: true,
      metadata: {
        name: 'orrery-0197f3a0-0000-7000-8000-000000000001-1-spec-0',
        labels: { 'orrery.dev/task': '0197f3a0-0000-7000-8000-000000000001' },
        annotations: { 'orrery.dev/document-hash': expect.stringMatching(/^[0-9a-f]{64}$/) },
        ownerReferences: [
          {
            apiVersion: 'v1',
            kind: 'Pod',
            name: 'orrery-0197f3a0-0000-7000-8000-000000000001-1',
            uid: 'uid-1',
          },
        ],
      },
    });
  });

  it('gives the same bytes for the same document', () => {
    const document: TaskDocument = aDocument({ name: 'twice' });

    const twice = [1, 2].map(() => buildSpecSecrets(aPlan(document), settings, 'uid-1'));

    expect(twice[0]).toEqual(twice[1]);
  });
});
