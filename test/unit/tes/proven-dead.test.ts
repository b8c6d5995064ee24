import { describe, expect, it } from '@jest/globals';

import type { PodObservation } from '../../../src/tes/observation.ts';
import { provenDead } from '../../../src/tes/proven-dead.ts';
import {
  aFinishedPod,
  anUnscheduledPod,
  aPod,
  ended,
  NODE,
  ranTo,
  recorded,
  RUNNING,
  waiting,
} from '../../support/observations.ts';

const BOUND = { podUid: 'pod-uid', nodeName: 'node1', nodeUid: 'node-uid', deleteAsked: false };
const FAILED = { phase: 'Failed' } as const;
const NONE = { kind: 'none' } as const;
const TURNED_AWAY = aPod(
  { inputs: NONE, executors: [NONE], outputs: NONE },
  { ...FAILED, reason: 'NodeAffinity' },
);

function withSidecar(pod: PodObservation): PodObservation {
  const sidecar = { name: 'mesh', image: 'mesh:1', state: RUNNING, restarts: 0 };
  return { ...pod, containers: [...pod.containers, sidecar] };
}

describe('provenDead', () => {
  it('takes a terminal phase with every started container terminated', () => {
    expect(provenDead(aFinishedPod([ranTo(0)]), BOUND, NODE)).toBe(true);
    const stopped = aPod({ executors: [ended({ exitCode: 143 })] }, FAILED);
    expect(provenDead(stopped, BOUND, NODE)).toBe(true);
  });

  it('takes a last stage that ended with 0, because nothing is started after it, before the phase says so', () => {
    const pod = aPod({ executors: [ranTo(3)].map((record) => recorded(record)), outputs: ended() });
    expect(provenDead({ ...pod, phase: 'Running' }, BOUND, NODE)).toBe(true);
    expect(provenDead({ ...pod, phase: 'Running' }, BOUND, { ...NODE, ready: false })).toBe(true);
  });

  it('takes a kubelet-written end before anything started, as of a pod evicted during its pull', () => {
    const pod = aPod({ inputs: waiting('ContainerCreating') }, { ...FAILED, reason: 'Evicted' });
    expect(provenDead(pod, BOUND, NODE)).toBe(true);
  });

  it('takes a pod that the kubelet turned away before it made a container', () => {
    expect(provenDead({ ...TURNED_AWAY, phaseFromKubelet: true }, BOUND, NODE)).toBe(true);
    expect(provenDead(TURNED_AWAY, BOUND, NODE)).toBe(false);
  });

  it.each([
    ['a living pod', aPod({ executors: [RUNNING] })],
    ['a terminal phase beside a running container', aPod({ executors: [RUNNING] }, FAILED)],
    [
      'a terminal phase whose container has restarted without an end to show',
      aPod({ executors: [{ state: waiting('PodInitializing'), restarts: 1 }] }, FAILED),
    ],
    [
      'a phase without any statuses',
      aPod({ inputs: NONE, executors: [NONE], outputs: NONE }, FAILED),
    ],
    [
      'a phase that the pod garbage collector wrote over old statuses',
      aPod({}, { ...FAILED, disruption: 'DeletionByPodGC' }),
    ],
    ['the phase Unknown', aPod({ executors: [ended()], outputs: RUNNING }, { phase: 'Unknown' })],
    [
      'outputs that failed and are started again',
      aPod({ executors: [ended()], outputs: ended({ exitCode: 1 }) }),
    ],
    [
      'outputs that ended beside a container that somebody else put in',
      withSidecar(aPod({ executors: [ended()], outputs: ended() })),
    ],
    ['a deleted pod that is bound', aPod({}, { deletedAt: '2026-11-21T11:00:00Z' })],
  ])('does not take %s', (_, pod) => {
    expect(provenDead(pod, { ...BOUND, deleteAsked: true }, NODE)).toBe(false);
  });

  it('does not take a missing pod', () => {
    expect(provenDead(undefined, { ...BOUND, deleteAsked: true }, NODE)).toBe(false);
  });

  it('does not take the end of another pod of the same name', () => {
    expect(provenDead({ ...aFinishedPod([ranTo(0)]), uid: 'other' }, BOUND, NODE)).toBe(false);
  });

  it('takes a deleted pod without a node only when it was read after our delete', () => {
    const pod = anUnscheduledPod({ deletedAt: '2026-11-21T11:00:00Z' });
    const attempt = { podUid: 'pod-uid' };
    expect(provenDead(pod, { ...attempt, deleteAsked: true }, undefined)).toBe(true);
    expect(provenDead(pod, { ...attempt, deleteAsked: false }, undefined)).toBe(false);
    expect(provenDead(anUnscheduledPod(), { ...attempt, deleteAsked: true }, undefined)).toBe(
      false,
    );
  });

  it.each([
    ['is gone', 'gone'],
    ['was made anew under its name', { ...NODE, uid: 'another' }],
    ['is out of service', { ...NODE, ready: false, outOfService: true }],
  ] as const)('takes a recorded Node that %s, whatever the pod shows', (_, node) => {
    expect(provenDead(aPod({ executors: [RUNNING] }), BOUND, node)).toBe(true);
    expect(provenDead(undefined, BOUND, node)).toBe(true);
  });

  it('does not take a Node that nobody could ask, that is only not ready, or that was not recorded', () => {
    const pod = aPod({ executors: [RUNNING] });
    expect(provenDead(pod, BOUND, undefined)).toBe(false);
    expect(provenDead(pod, BOUND, { ...NODE, ready: false })).toBe(false);
    expect(provenDead(pod, { podUid: 'pod-uid', deleteAsked: true }, 'gone')).toBe(false);
    expect(provenDead(pod, { ...BOUND, nodeUid: undefined }, 'gone')).toBe(false);
    expect(provenDead(pod, BOUND, { ...NODE, name: 'node2', uid: 'another' })).toBe(false);
  });

  it('takes a container in a restart loop as ended, once the kubelet closed the pod', () => {
    const crashed = { state: waiting('CrashLoopBackOff'), restarts: 3, last: recorded({}, 1) };
    expect(provenDead(aPod({ executors: [crashed] }, FAILED), BOUND, NODE)).toBe(true);
  });
});
