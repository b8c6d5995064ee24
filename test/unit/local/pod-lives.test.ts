import { describe, expect, it } from '@jest/globals';

import type { AuditEvent } from '../../../deploy/local/kubernetes/audit-log.ts';
import { overlaps, podLivesOf } from '../../../deploy/local/kubernetes/pod-lives.ts';

const KUBELET = { user: 'system:node:n', userAgent: 'kubelet' };
const RUNNING = {
  status: { phase: 'Pending', initContainerStatuses: [{ state: { running: {} } }] },
};
const ENDED = {
  status: { phase: 'Failed', initContainerStatuses: [{ state: { terminated: {} } }] },
};

const anEvent = (at: number, parts: Partial<AuditEvent>): AuditEvent => ({
  at,
  verb: 'patch',
  user: 'admin',
  userAgent: 'orrery',
  resource: 'pods',
  subresource: '',
  namespace: 'tasks',
  name: '',
  code: 200,
  body: undefined,
  ...parts,
});

/** The events of one pod: `orrery-<task>-<attempt>`, with a uid that is its name unless said otherwise. */
const aPod = (name: string, uid = name) => ({
  created: (at: number) => anEvent(at, { verb: 'create', name, code: 201 }),
  lifted: (at: number) => anEvent(at, { name, uid, body: { spec: { schedulingGates: [] } } }),
  bound: (at: number, node = 'n') =>
    anEvent(at, {
      ...{ verb: 'create', subresource: 'binding', name, uid, userAgent: 'kube-scheduler' },
      body: { target: { name: node } },
    }),
  started: (at: number) =>
    anEvent(at, { subresource: 'status', name, uid, body: RUNNING, ...KUBELET }),
  ended: (at: number, who: Partial<AuditEvent> = KUBELET) =>
    anEvent(at, { subresource: 'status', name, uid, body: ENDED, ...who }),
  deleted: (at: number) => anEvent(at, { verb: 'delete', name }),
  released: (at: number) =>
    anEvent(at, { name, uid, body: { metadata: { '$deleteFromPrimitiveList/finalizers': [] } } }),
});

const first = aPod('orrery-t-1');
const second = aPod('orrery-t-2');

describe('podLivesOf', () => {
  it('tells when each thing happened to a pod and who did it', async () => {
    const [life] = await podLivesOf([
      first.created(1),
      first.lifted(2),
      first.bound(3),
      first.started(4),
      first.deleted(5),
      first.ended(6),
      first.released(7),
    ]);
    expect(life).toEqual({
      ...{ namespace: 'tasks', name: 'orrery-t-1', uid: 'orrery-t-1', taskId: 't', attempt: 1 },
      ...{ createdAt: 1, liftedAt: 2, boundAt: 3, node: 'n', startedAt: 4, deleteAskedAt: 5 },
      ...{ endedAt: 6, endedBy: 'node', releasedAt: 7 },
      by: expect.objectContaining({ boundAt: 'kube-scheduler', endedAt: 'kubelet' }),
    });
  });

  it('tells a pod from a later one of the same name', async () => {
    const later = aPod('orrery-t-1', 'later');
    const lives = await podLivesOf([
      ...[first.created(1), first.lifted(2), first.bound(3)],
      ...[later.created(10), later.lifted(11), first.ended(12), later.bound(13)],
    ]);
    expect(lives).toEqual([
      expect.objectContaining({ uid: 'orrery-t-1', boundAt: 3, endedAt: 12 }),
      expect.objectContaining({ uid: 'later', createdAt: 10, boundAt: 13 }),
    ]);
  });

  it('does so also when the log does not hold the creation of the later one', async () => {
    const later = aPod('orrery-t-1', 'later');
    const lives = await podLivesOf([first.created(1), first.bound(3), later.bound(13)]);
    expect(lives.map(({ uid, boundAt }) => [uid, boundAt])).toEqual([
      ['orrery-t-1', 3],
      ['later', 13],
    ]);
  });

  it('leaves out requests that were refused, and pods that are no tasks', async () => {
    const refused = { ...first.bound(2), code: 409 };
    const lives = await podLivesOf([first.created(1), refused, aPod('coredns').bound(3)]);
    expect(lives).toEqual([expect.not.objectContaining({ boundAt: 2 })]);
  });
});

describe('overlaps', () => {
  const overlapsOf = async (...events: AuditEvent[]) => overlaps(await podLivesOf(events));

  it('finds none when a pod is bound after the node has reported the end of the one before', async () => {
    const found = await overlapsOf(
      ...[first.bound(1), first.started(2), first.ended(3)],
      ...[second.bound(4), second.started(5)],
    );
    expect(found).toEqual([]);
  });

  it('finds a pod that was bound while the one before lived', async () => {
    const found = await overlapsOf(
      ...[first.bound(1), first.started(2), second.bound(3)],
      ...[first.ended(5), second.ended(9)],
    );
    expect(found).toEqual([
      expect.objectContaining({
        ...{ taskId: 't', from: 3, to: 5 },
        first: expect.objectContaining({ attempt: 1 }),
        second: expect.objectContaining({ attempt: 2 }),
      }),
    ]);
  });

  it('takes neither the deletion of the object nor the word of the garbage collector for an end', async () => {
    const collector = { user: 'system:serviceaccount:kube-system:pod-garbage-collector' };
    const found = await overlapsOf(
      ...[first.bound(1), first.started(2), first.deleted(3), first.released(4)],
      ...[first.ended(5, collector), second.bound(6)],
    );
    expect(found).toEqual([expect.objectContaining({ from: 6, to: Infinity })]);
  });

  it('takes everything on a machine that was declared off for dead, and nothing on another', async () => {
    const taint = { key: 'node.kubernetes.io/out-of-service' };
    const node = { resource: 'nodes', name: 'n' };
    const fences = [
      anEvent(3, { ...node, verb: 'delete' }),
      anEvent(3, { ...node, verb: 'update', body: { spec: { taints: [taint] } } }),
    ];
    for (const fence of fences) {
      expect(await overlapsOf(first.bound(1), first.started(2), fence, second.bound(4))).toEqual(
        [],
      );
      expect(await overlapsOf(first.bound(1, 'm'), fence, second.bound(4))).toHaveLength(1);
    }
  });

  it('compares pods of one task only', async () => {
    expect(await overlapsOf(first.bound(1), aPod('orrery-u-1').bound(2))).toEqual([]);
  });
});
