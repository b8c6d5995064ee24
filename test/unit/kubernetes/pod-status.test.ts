import { describe, expect, it } from '@jest/globals';

import type { Pod } from '../../../src/kubernetes/objects.ts';
import { buildTaskPod } from '../../../src/kubernetes/pod/build-task-pod.ts';
import { observeNode, observePod } from '../../../src/kubernetes/pod-status.ts';
import type { ContainerState } from '../../../src/tes/observation.ts';
import { aDocument, aPlan, settings } from './pod-settings.ts';

type PodStatus = NonNullable<Pod['status']>;
type ContainerStatus = NonNullable<PodStatus['containerStatuses']>[number];

/** The pod of a task as the API server shows it, with what a test cares about. */
function aPod(status: PodStatus, metadata: Pod['metadata'] = {}): Pod {
  const pod = buildTaskPod(aPlan(aDocument()), settings);
  return { ...pod, status, metadata: { ...pod.metadata, uid: 'uid-1', ...metadata } };
}

function aStatus(parts: Partial<ContainerStatus>): ContainerStatus {
  return {
    name: 'executor-0',
    image: 'alpine:3',
    imageID: '',
    ready: false,
    restartCount: 0,
    ...parts,
  };
}

function stateOf(state: NonNullable<ContainerStatus['state']>): ContainerState | undefined {
  const pod = aPod({ initContainerStatuses: [aStatus({ state })] });
  return observePod(pod).containers.find(({ name }) => name === 'executor-0')?.state;
}

describe('observePod', () => {
  it('knows a phase that the kubelet wrote from one that somebody else did', () => {
    const written = (manager: string, fields: object) =>
      observePod(
        aPod(
          { phase: 'Failed' },
          {
            managedFields: [
              { manager, subresource: 'status', fieldsV1: { 'f:status': fields } },
              { manager: 'kubelet', fieldsV1: { 'f:metadata': {} } },
            ],
          },
        ),
      );
    expect(written('kubelet', { 'f:phase': {} })).toMatchObject({ phaseFromKubelet: true });
    for (const pod of [
      written('kube-controller-manager', { 'f:phase': {} }),
      written('kubelet', { 'f:reason': {} }),
    ]) {
      expect(pod).not.toHaveProperty('phaseFromKubelet');
    }
  });

  it('reads a pod that was just made: gated, held, no container known', () => {
    const pod = observePod(
      aPod({ phase: 'Pending' }, { creationTimestamp: '2026-11-21T10:00:00Z' }),
    );

    expect(pod).toEqual({
      name: 'orrery-0197f3a0-0000-7000-8000-000000000001-1',
      uid: 'uid-1',
      labels: {
        'orrery.dev/installation': '0197f3a0-0000-7000-8000-00000000000a',
        'orrery.dev/task': '0197f3a0-0000-7000-8000-000000000001',
        'orrery.dev/attempt': '1',
      },
      annotations: {
        'orrery.dev/builder': expect.any(String),
        'orrery.dev/document-hash': expect.any(String),
      },
      phase: 'Pending',
      createdAt: '2026-11-21T10:00:00Z',
      gated: true,
      held: true,
      containers: [
        { name: 'inputs', image: 'orrery.local/shim:1', state: { kind: 'none' }, restarts: 0 },
        { name: 'executor-0', image: 'alpine:3', state: { kind: 'none' }, restarts: 0 },
        { name: 'outputs', image: 'orrery.local/shim:1', state: { kind: 'none' }, restarts: 0 },
      ],
    });
  });

  it('reads a foreign gate and a foreign finalizer as none of ours', () => {
    const pod = aPod({}, { finalizers: ['example.com/other'] });
    if (pod.spec) pod.spec.schedulingGates = [{ name: 'example.com/other' }];

    expect(observePod(pod)).toMatchObject({ gated: false, held: false });
  });

  it.each<[string, NonNullable<ContainerStatus['state']>, ContainerState]>([
    [
      'an OOM kill of the whole container',
      {
        terminated: {
          exitCode: 137,
          reason: 'OOMKilled',
          startedAt: '2026-11-21T10:00:00Z',
          finishedAt: '2026-11-21T10:00:09Z',
        },
      },
      {
        kind: 'terminated',
        exitCode: 137,
        reason: 'OOMKilled',
        message: '',
        startedAt: '2026-11-21T10:00:00Z',
        finishedAt: '2026-11-21T10:00:09Z',
      },
    ],
    [
      'an OOM kill of a child only, which exits 0',
      { terminated: { exitCode: 0, reason: 'OOMKilled' } },
      { kind: 'terminated', exitCode: 0, reason: 'OOMKilled', message: '' },
    ],
    [
      'a container that could not start, with a start in 1970',
      {
        terminated: {
          exitCode: 128,
          reason: 'StartError',
          message: 'no such file',
          startedAt: '1970-01-01T00:00:00Z',
          finishedAt: '2026-11-21T10:00:09Z',
        },
      },
      {
        kind: 'terminated',
        exitCode: 128,
        reason: 'StartError',
        message: 'no such file',
        finishedAt: '2026-11-21T10:00:09Z',
      },
    ],
    [
      'a container whose node knew nothing of it any more',
      { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown', signal: 9 } },
      {
        kind: 'terminated',
        exitCode: 137,
        signal: 9,
        reason: 'ContainerStatusUnknown',
        message: '',
      },
    ],
    [
      'an image that cannot be pulled',
      { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "x"' } },
      { kind: 'waiting', reason: 'ImagePullBackOff', message: 'Back-off pulling image "x"' },
    ],
    [
      'a running container',
      { running: { startedAt: '2026-11-21T10:00:00Z' } },
      { kind: 'running', startedAt: '2026-11-21T10:00:00Z' },
    ],
    ['a status without a state', {}, { kind: 'none' }],
  ])('reads %s', (_what, state, observed) => {
    expect(stateOf(state)).toEqual(observed);
  });

  it('keeps the last end of a container that was restarted', () => {
    const lastState = { terminated: { exitCode: 137, reason: 'OOMKilled' } };
    const status = aStatus({
      restartCount: 2,
      imageID: 'sha256:abc',
      state: { running: { startedAt: '2026-11-21T10:00:00Z' } },
      lastState,
    });

    const [, executor] = observePod(aPod({ initContainerStatuses: [status] })).containers;

    expect(executor).toMatchObject({
      restarts: 2,
      imageId: 'sha256:abc',
      state: { kind: 'running' },
      last: { kind: 'terminated', exitCode: 137, reason: 'OOMKilled' },
    });
  });

  it.each<[string, PodStatus, object]>([
    [
      'binding',
      {
        conditions: [
          { type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-11-21T10:00:00Z' },
        ],
      },
      { scheduledAt: '2026-11-21T10:00:00Z' },
    ],
    [
      'the scheduler’s complaint',
      {
        conditions: [
          { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes' },
        ],
      },
      { unschedulable: '0/3 nodes' },
    ],
    [
      'a node that has not mounted the volumes yet',
      { conditions: [{ type: 'PodReadyToStartContainers', status: 'False' }] },
      { unprepared: true },
    ],
    [
      'an eviction for disk',
      {
        phase: 'Failed',
        reason: 'Evicted',
        message: 'Usage of EmptyDir volume "scratch" exceeds the limit "1Mi".',
      },
      {
        phase: 'Failed',
        reason: 'Evicted',
        message: 'Usage of EmptyDir volume "scratch" exceeds the limit "1Mi".',
      },
    ],
    [
      'an eviction through the API',
      {
        conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' }],
      },
      { disruption: 'EvictionByEvictionAPI' },
    ],
  ])('reads %s', (_what, status, observed) => {
    expect(observePod(aPod(status))).toMatchObject(observed);
  });

  it('takes a waiting gate and a disruption that was called off for nothing', () => {
    const pod = observePod(
      aPod({
        conditions: [
          { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message: 'gated' },
          { type: 'DisruptionTarget', status: 'False', reason: 'PreemptionByScheduler' },
        ],
      }),
    );

    expect(Object.keys(pod)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/unschedulable|disruption|scheduledAt/)]),
    );
  });

  it('drops labels and annotations that are not ours', () => {
    const pod = observePod(aPod({}, { labels: { app: 'x' }, annotations: { note: 'y' } }));

    expect([pod.labels, pod.annotations]).toEqual([{}, {}]);
  });
});

describe('observeNode', () => {
  const metadata = { name: 'node-1', uid: 'node-uid' };
  const lastTransitionTime = '2026-11-21T10:00:00Z';

  it('reads a ready node', () => {
    const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime }];

    expect(observeNode({ metadata, status: { conditions } })).toEqual({
      name: 'node-1',
      uid: 'node-uid',
      ready: true,
      outOfService: false,
    });
  });

  it('reads since when a node does not answer, and that it was declared out of service', () => {
    const conditions = [{ type: 'Ready', status: 'Unknown', lastTransitionTime }];
    const taints = [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }];

    expect(observeNode({ metadata, spec: { taints }, status: { conditions } })).toMatchObject({
      ready: false,
      notReadySince: lastTransitionTime,
      outOfService: true,
    });
  });
});
