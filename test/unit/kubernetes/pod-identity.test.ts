import { describe, expect, it } from '@jest/globals';

import { buildTaskPod } from '../../../src/kubernetes/pod/build-task-pod.ts';
import { hashDocument } from '../../../src/kubernetes/pod/document-hash.ts';
import { isBuiltFrom } from '../../../src/kubernetes/pod/labels.ts';
import { observePod } from '../../../src/kubernetes/pod-status.ts';
import { aDocument, aPlan, settings } from './pod-settings.ts';

describe('hashDocument', () => {
  it('ignores the order of members', () => {
    const one = aDocument({ name: 'n', tags: { a: '1', b: '2' } });
    const other = { tags: { b: '2', a: '1' }, name: 'n', executors: one.executors };

    expect(hashDocument(other)).toBe(hashDocument(one));
  });

  it('heeds the order of lists and every value', () => {
    const hashes = [
      aDocument({ volumes: ['/a', '/b'] }),
      aDocument({ volumes: ['/b', '/a'] }),
      aDocument({ volumes: ['/a', '/b'], name: '' }),
    ].map(hashDocument);

    expect(new Set(hashes).size).toBe(3);
  });
});

describe('isBuiltFrom', () => {
  const plan = aPlan(aDocument());
  const pod = observePod(buildTaskPod(plan, settings));

  it('knows its own pod', () => {
    expect(isBuiltFrom(pod, plan)).toBe(true);
  });

  it.each([
    ['installation', { ...plan, installation: 'another' }],
    ['task', { ...plan, taskId: 'another' }],
    ['attempt', { ...plan, number: 2 }],
    ['document', { ...plan, document: aDocument({ name: 'another' }) }],
  ])('refuses the pod of another %s', (_what, other) => {
    expect(isBuiltFrom(pod, other)).toBe(false);
  });

  it('refuses the pod of another builder version', () => {
    const annotations = { ...pod.annotations, 'orrery.dev/builder': '0' };

    expect(isBuiltFrom({ ...pod, annotations }, plan)).toBe(false);
  });
});
