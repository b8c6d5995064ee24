/** Each kind of orphan is collected. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { v7 } from 'uuid';

import { podName } from '../../../src/tes/attempt.ts';
import { type CollectorBench, openCollectorBench } from '../../support/collector-bench.ts';
import { aSettlement } from '../../support/store.ts';
import { until } from '../../support/until.ts';

let bench: CollectorBench;

beforeEach(async () => {
  bench = await openCollectorBench();
});

afterEach(() => bench.close());

const END = { reason: 'ended meanwhile' } as const;

async function aFinishedPod(): Promise<string> {
  const taskId = await bench.aTask();
  await bench.worker().ensurePod({ taskId });
  await bench.cluster.until(podName({ taskId, number: 1 }), ({ phase }) => phase === 'Succeeded');
  return taskId;
}

async function isProvenDead(taskId: string): Promise<boolean> {
  const found = await bench.store.attempts.find(taskId, 1);
  return found?.attempt.provenDeadAt !== undefined;
}

describe('the collector takes away', () => {
  it('the pod that a killed worker made for a task that became final', async () => {
    const taskId = await bench.aTask();
    const dying = bench.worker({ ensureSecrets: () => Promise.reject(new Error('killed')) });
    await expect(dying.ensurePod({ taskId })).rejects.toThrow('killed');
    await bench.store.attempts.end(taskId, 'SYSTEM_ERROR', END.reason);
    await bench.settleLongAgo(taskId);

    await expect(bench.collect()).resolves.toMatchObject({ kind: 'done', outcomes: ['done'] });
    await expect(bench.pod(taskId)).resolves.toBeUndefined();
  });

  it('a pod whose task is not in the database', async () => {
    const { name } = await bench.aPod();
    await expect(bench.collect()).resolves.toMatchObject({ outcomes: ['done'] });
    await expect(bench.cluster.pods.get(name)).resolves.toBeUndefined();
  });

  it('a pod whose attempt is not in the database', async () => {
    const taskId = await bench.aTask();
    await bench.aPod({ taskId, number: 7 });
    await expect(bench.collect()).resolves.toMatchObject({ outcomes: ['done'] });
    await expect(bench.pod(taskId, 7)).resolves.toBeUndefined();
  });

  it('a running pod without a task, but its finalizer only once it has ended', async () => {
    const executors = [bench.cluster.anExecutor({ command: ['sleep', '300'] })];
    const plan = { ...bench.cluster.aPlan(), document: { executors } };
    const { name, uid } = await bench.aPod(plan);
    await bench.cluster.pods.ensureSecrets(plan, uid);
    await bench.cluster.pods.liftGate(name, uid);
    await bench.cluster.until(name, ({ containers }) =>
      containers.some((one) => one.name === 'executor-0' && one.state.kind === 'running'),
    );

    await expect(bench.collect()).resolves.toMatchObject({ outcomes: ['begun'] });
    await expect(bench.cluster.pods.get(name)).resolves.toMatchObject({ held: true });
    await bench.cluster.until(name, ({ phase }) => phase === 'Failed' || phase === 'Succeeded');
    await expect(bench.collect()).resolves.toMatchObject({ outcomes: ['done'] });
    await expect(bench.cluster.pods.get(name)).resolves.toBeUndefined();
  }, 120_000);

  it('the pod of a settled attempt whose clean-up was lost', async () => {
    const taskId = await aFinishedPod();
    const dying = bench.worker({ delete: () => Promise.reject(new Error('killed')) });
    await expect(dying.settleAttempt({ taskId, number: 1 })).rejects.toThrow('killed');
    await bench.settleLongAgo(taskId);

    await expect(bench.collect()).resolves.toMatchObject({ outcomes: ['done'] });
    await expect(bench.pod(taskId)).resolves.toBeUndefined();
  }, 120_000);

  it('a debt whose pod has ended, and writes the proof down', async () => {
    const taskId = await aFinishedPod();
    await bench.store.attempts.settle(taskId, 1, aSettlement({ provenDead: false }));
    await bench.settleLongAgo(taskId);
    expect(await isProvenDead(taskId)).toBe(false);

    await expect(bench.collect()).resolves.toMatchObject({ outcomes: ['done'] });
    expect(await isProvenDead(taskId)).toBe(true);
    await expect(bench.pod(taskId)).resolves.toBeUndefined();
  }, 120_000);

  it('a twin: a pod of an open attempt for which another uid is recorded', async () => {
    const taskId = await bench.aTask();
    await bench.store.attempts.open(taskId);
    await bench.store.attempts.recordUid(taskId, 1, v7());
    await bench.aPod({ taskId });

    await expect(bench.collect()).resolves.toMatchObject({ outcomes: ['done'] });
    await expect(bench.pod(taskId)).resolves.toBeUndefined();
  });

  it('the pod of a task that is final although its attempt is open, and settles the attempt', async () => {
    const taskId = await aFinishedPod();
    await bench.store.rows("update tasks set state = 'CANCELED' where id = $1", [taskId]);

    await expect(bench.collect()).resolves.toMatchObject({ outcomes: ['done'] });
    await expect(bench.pod(taskId)).resolves.toBeUndefined();
    expect(await isProvenDead(taskId)).toBe(true);
    await expect(bench.store.tasks.get('ada', taskId, 'MINIMAL')).resolves.toMatchObject({
      state: 'CANCELED',
    });
  }, 120_000);

  it('the Secrets of a pod, which Kubernetes deletes with their owner, even those made after it', async () => {
    const plan = bench.cluster.aPlan();
    const { name, uid } = await bench.aPod(plan);
    await bench.cluster.pods.ensureSecrets(plan, uid);
    await expect(bench.collect()).resolves.toMatchObject({ outcomes: ['done'] });
    await until(async () => (await secretsOf(name)) === 0, {
      what: 'the Secrets follow their pod',
      withinMs: 30_000,
    });

    await bench.cluster.pods.ensureSecrets(plan, uid);
    await until(async () => (await secretsOf(name)) === 0, {
      what: 'Secrets whose owner is gone already are deleted',
      withinMs: 30_000,
    });
  }, 90_000);
});

async function secretsOf(pod: string): Promise<number> {
  const path = `${bench.cluster.path}/secrets`;
  const { items } = await bench.cluster.api.json<{ items: { metadata: { name: string } }[] }>({
    method: 'GET',
    path,
  });
  return items.filter(({ metadata }) => metadata.name.startsWith(pod)).length;
}

describe('a debt whose pod is gone', () => {
  const name = `orrery-test-${v7()}`;
  const path = `/api/v1/nodes/${name}`;
  let taskId: string;

  beforeEach(async () => {
    const { api } = bench.cluster;
    const node = await api.json<{ metadata: { uid: string } }>({
      method: 'POST',
      path: '/api/v1/nodes',
      body: { apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: { unschedulable: true } },
    });
    taskId = await bench.aTask();
    await bench.store.attempts.open(taskId);
    await bench.store.attempts.recordUid(taskId, 1, v7());
    await bench.store.attempts.recordNode(taskId, 1, { name, uid: node.metadata.uid });
    await bench.store.attempts.settle(taskId, 1, aSettlement({ provenDead: false }));
    await bench.settleLongAgo(taskId);
  });

  afterEach(async () => {
    await bench.cluster.api.json({ method: 'DELETE', path }).catch(() => undefined);
  });

  it('stays while its Node is there, and is released once the Node is out of service', async () => {
    await expect(bench.collect()).resolves.toMatchObject({ touched: 0 });
    expect(await isProvenDead(taskId)).toBe(false);

    const taint = { key: 'node.kubernetes.io/out-of-service', value: 'x', effect: 'NoSchedule' };
    await bench.cluster.api.json({
      method: 'PATCH',
      path,
      contentType: 'application/merge-patch+json',
      body: { spec: { taints: [taint] } },
    });
    await expect(bench.collect()).resolves.toMatchObject({ outcomes: ['done'] });
    expect(await isProvenDead(taskId)).toBe(true);
  });

  it('is released once its Node is gone', async () => {
    await bench.cluster.api.json({ method: 'DELETE', path });
    await expect(bench.collect()).resolves.toMatchObject({ outcomes: ['done'] });
    expect(await isProvenDead(taskId)).toBe(true);
  });
});
