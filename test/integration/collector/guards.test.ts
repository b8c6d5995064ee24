/** What keeps the collector from taking away what is needed. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { v7 } from 'uuid';

import { createTemporalClient } from '../../../src/temporal/client.ts';
import { createWorkflowDescriber } from '../../../src/temporal/describer.ts';
import { podName } from '../../../src/tes/attempt.ts';
import { type CollectorBench, openCollectorBench } from '../../support/collector-bench.ts';
import { aPool, aSecondStore, aSettlement } from '../../support/store.ts';

let bench: CollectorBench;

beforeEach(async () => {
  bench = await openCollectorBench();
});

afterEach(() => bench.close());

const SLEEPS = { command: ['sleep', '300'] };

async function aRunningTask(): Promise<string> {
  const taskId = await bench.aTask({ executors: [bench.cluster.anExecutor(SLEEPS)] });
  await bench.worker().ensurePod({ taskId });
  return taskId;
}

async function isThere(name: string): Promise<boolean> {
  const pod = await bench.cluster.pods.get(name);
  return pod !== undefined && pod.deletedAt === undefined && pod.held;
}

async function expectUntouched(name: string): Promise<void> {
  await expect(bench.collect()).resolves.toMatchObject({ kind: 'done', touched: 0 });
  expect(await isThere(name)).toBe(true);
}

describe('the collector leaves', () => {
  it('the pod of an open attempt', async () => {
    const taskId = await aRunningTask();
    await expectUntouched(podName({ taskId, number: 1 }));
  });

  it('an unrecorded pod of an open attempt, however old: the next ensurePod adopts it', async () => {
    const taskId = await bench.aTask();
    const dying = bench.worker({ ensureSecrets: () => Promise.reject(new Error('killed')) });
    await expect(dying.ensurePod({ taskId })).rejects.toThrow('killed');
    await expectUntouched(podName({ taskId, number: 1 }));
  });

  it('a pod that the next attempt of an open task will adopt, as after a restore of the database', async () => {
    const taskId = await bench.aTask();
    const { name } = await bench.aPod({ taskId });
    await expectUntouched(name);
  });

  it('a pod younger than a minute', async () => {
    const { name } = await bench.aPod();
    const { touched } = await bench.collect({ now: () => Date.now() });
    expect([touched, await isThere(name)]).toEqual([0, true]);
  });

  it('the pod of an attempt that was settled just now: whoever did that cleans up', async () => {
    const taskId = await aRunningTask();
    await bench.store.attempts.settle(taskId, 1, aSettlement({ provenDead: false }));
    await expectUntouched(podName({ taskId, number: 1 }));
  });

  it('a pod of another installation', async () => {
    const { name, uid } = await bench.aPod({ installation: v7() });
    const own = await bench.aPod();
    const seen: string[] = [];
    for await (const page of bench.ports().list.pages()) seen.push(...page.map((pod) => pod.name));
    expect(seen).toEqual([own.name]);

    await expect(bench.collect()).resolves.toMatchObject({ touched: 1 });
    expect([await isThere(name), await isThere(own.name)]).toEqual([true, false]);
    await bench.cluster.pods.delete(name, uid, 0);
    await bench.cluster.pods.release(name, uid);
  });

  it('a pod that took the name of an orphan between look and act', async () => {
    const { name, ...orphan } = await bench.aPod();
    const stale = { ...orphan, name, uid: v7() };
    await expect(bench.collect({ list: { pages: () => once([stale]) } })).resolves.toMatchObject({
      touched: 1,
      outcomes: ['passed'],
    });
    expect(await isThere(name)).toBe(true);
  });

  it('a pod whose rows are missing while its workflow is open, and takes it once that is closed', async () => {
    const plan = bench.cluster.aPlan();
    const { name } = await bench.aPod(plan);
    await bench.openWorkflow(plan.taskId);
    await expectUntouched(name);

    await bench.closeWorkflow(plan.taskId);
    await expect(bench.collect()).resolves.toMatchObject({ outcomes: ['done'] });
  });
});

describe('the collector touches nothing', () => {
  it('when 21 of 21 pods are orphans, until a human says so', async () => {
    const pods = await Promise.all(Array.from({ length: 21 }, () => bench.aPod()));
    await expect(bench.collect()).resolves.toEqual({
      kind: 'blocked',
      touched: 21,
      limit: 20,
      outcomes: [],
    });
    const kept = await Promise.all(pods.map(({ name }) => isThere(name)));
    expect(kept.filter(Boolean)).toHaveLength(21);

    const { outcomes } = await bench.collect({}, { beyondStop: true });
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(21);
  });

  it('when Temporal cannot be asked', async () => {
    const { name } = await bench.aPod();
    const nowhere = createTemporalClient({
      address: '127.0.0.1:1',
      namespace: 'default',
      taskQueue: 'none',
    });
    const workflows = createWorkflowDescriber(nowhere.client);
    await expect(bench.collect({ workflows })).rejects.toMatchObject({ name: 'TransientError' });
    await nowhere.close();
    expect(await isThere(name)).toBe(true);
  });

  it('when Postgres cannot be asked', async () => {
    const { name } = await bench.aPod();
    const dead = aPool('postgres://nobody@127.0.0.1:1/nothing', 1);
    const { collector: rows } = aSecondStore(dead);
    await expect(bench.collect({ rows })).rejects.toMatchObject({ name: 'TransientError' });
    await dead.end();
    expect(await isThere(name)).toBe(true);
  });

  it('when the engines are not ours', async () => {
    const { name } = await bench.aPod();
    const recognise = () => Promise.reject(new Error('another cluster'));
    await expect(bench.collect({ recognise })).rejects.toThrow('another cluster');
    expect(await isThere(name)).toBe(true);
  });

  it('when the lease is lost', async () => {
    const { name } = await bench.aPod();
    const fence = { check: () => Promise.reject(new Error('lease lost')) };
    await expect(bench.collect({ fence })).rejects.toThrow('lease lost');
    expect(await isThere(name)).toBe(true);
  });

  it('more when the engines change in the middle of a round', async () => {
    const pods = await Promise.all([bench.aPod(), bench.aPod(), bench.aPod()]);
    let deleted = 0;
    const recognise = () =>
      deleted > 0 ? Promise.reject(new Error('another cluster')) : Promise.resolve();
    const watching = {
      ...bench.cluster.pods,
      async release(name: string, uid: string) {
        await bench.cluster.pods.release(name, uid);
        deleted += 1;
      },
    };
    const round = bench.collect({ recognise, pods: watching });
    await expect(round).rejects.toThrow('another cluster');
    const kept = await Promise.all(pods.map(({ name }) => isThere(name)));
    expect(kept.filter(Boolean)).toHaveLength(2);
  });

  it('without noticing a change of engines afterwards: that ends the round as a failure', async () => {
    await bench.aPod();
    let calls = 0;
    // At the beginning, before the delete, before the release; the fourth time is after the round.
    const recognise = () =>
      (calls += 1) === 4 ? Promise.reject(new Error('another cluster')) : Promise.resolve();
    await expect(bench.collect({ recognise })).rejects.toThrow('another cluster');
  });
});

describe('a task whose workflow is said to be closed', () => {
  it('is ended when Temporal confirms that, and its pod is deleted', async () => {
    const taskId = await aRunningTask();
    await bench.openWorkflow(taskId);
    await bench.closeWorkflow(taskId);

    await expect(bench.collect({}, { suspects: [taskId] })).resolves.toMatchObject({
      outcomes: ['begun'],
    });
    await bench.cluster.until(podName({ taskId, number: 1 }), ({ phase }) => phase !== 'Pending');
    await expect(bench.collect({}, { suspects: [taskId] })).resolves.toMatchObject({
      outcomes: ['done'],
    });
    await expect(bench.store.tasks.get('ada', taskId, 'MINIMAL')).resolves.toMatchObject({
      state: 'SYSTEM_ERROR',
    });
    await expect(bench.pod(taskId)).resolves.toBeUndefined();
  }, 120_000);

  it('is left alone when it is open, or unknown to Temporal', async () => {
    const open = await aRunningTask();
    await bench.openWorkflow(open);
    const unknown = await bench.aTask();
    await expect(bench.collect({}, { suspects: [open, unknown] })).resolves.toMatchObject({
      touched: 0,
    });
  });

  it('counts for the stop: 21 of 21 closed workflows end no task', async () => {
    const ids = await Promise.all(Array.from({ length: 21 }, () => bench.aTask()));
    const workflows = { describe: () => Promise.resolve('closed' as const) };
    await expect(bench.collect({ workflows }, { suspects: ids })).resolves.toMatchObject({
      kind: 'blocked',
      touched: 21,
    });
    const [first = ''] = ids;
    await expect(bench.store.tasks.get('ada', first, 'MINIMAL')).resolves.toMatchObject({
      state: 'QUEUED',
    });
  });
});

async function* once<T>(page: T): AsyncGenerator<T> {
  yield await Promise.resolve(page);
}
