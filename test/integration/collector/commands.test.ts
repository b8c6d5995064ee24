/** The administrator's commands as processes, on real engines. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { v7 } from 'uuid';

import { namespaceUid } from '../../../src/kubernetes/identity.ts';
import { createLeaseStore } from '../../../src/store/lease.ts';
import { createTemporalClient, namespaceId } from '../../../src/temporal/client.ts';
import { podName } from '../../../src/tes/attempt.ts';
import { type CollectorBench, openCollectorBench } from '../../support/collector-bench.ts';
import { type CommandResult, runOrrery } from '../../support/run-orrery.ts';
import { aSettlement } from '../../support/store.ts';
import { environment } from '../../support/test-environment.ts';
import { until } from '../../support/until.ts';

let bench: CollectorBench;

beforeEach(async () => {
  bench = await openCollectorBench();
  // The commands know the installation from the database, so that it has to be the one of the bench.
  await bench.store.installation.id();
  await bench.store.rows('update installation set id = $1', [bench.cluster.installation]);
  await rememberEngines();
});

afterEach(() => bench.close());

async function rememberEngines(): Promise<void> {
  const { client, close } = createTemporalClient({
    address: environment('TEMPORAL_ADDRESS'),
    namespace: 'default',
    taskQueue: 'none',
  });
  const { installation } = bench.store;
  await installation.recognise('temporal-namespace', await namespaceId(client));
  const { namespace } = bench.cluster.settings;
  await installation.recognise('task-namespace', await namespaceUid(bench.cluster.api, namespace));
  await close();
}

const orrery = (...args: string[]): Promise<CommandResult> => runOrrery(bench.store.url, args);

async function isThere(name: string): Promise<boolean> {
  return (await bench.cluster.pods.get(name)) !== undefined;
}

async function aRunningTask(): Promise<string> {
  const executors = [bench.cluster.anExecutor({ command: ['sleep', '300'] })];
  const taskId = await bench.aTask({ executors });
  await bench.worker().ensurePod({ taskId });
  return taskId;
}

/** The pod of a debt. */
async function anOrphan(): Promise<string> {
  const taskId = await aRunningTask();
  await bench.store.attempts.settle(taskId, 1, aSettlement({ provenDead: false }));
  await bench.settleLongAgo(taskId);
  return taskId;
}

function expectSentence({ code, stderr }: CommandResult, sentence: RegExp): void {
  expect(code).not.toBe(0);
  expect(stderr).toMatch(sentence);
  expect(stderr.trim().split('\n')).toHaveLength(1);
}

describe('orrery collect', () => {
  it('tells what a round would do and why, and does it with --yes', async () => {
    const taskId = await anOrphan();
    const name = podName({ taskId, number: 1 });

    const foreseen = await orrery('collect', '--dry-run');
    expect(foreseen.stdout).toContain(`pod ${name} (uid `);
    expect(foreseen.stdout).toContain('to be deleted; its attempt was settled without proof');
    expect(foreseen.stdout).toContain('1 to do, 20 allowed at once.');
    await expect(bench.pod(taskId)).resolves.toMatchObject({ held: true });

    const done = await orrery('collect', '--yes');
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toContain(name);
    await expect(bench.pod(taskId)).resolves.toHaveProperty('deletedAt');
  }, 180_000);

  it('deletes and ends nothing in a namespace that is not ours', async () => {
    const { api } = bench.cluster;
    const name = `orrery-test-${v7()}`;
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    await api.json({ method: 'POST', path: '/api/v1/namespaces', body });
    const taskId = await anOrphan();
    await bench.openWorkflow(taskId);
    await bench.closeWorkflow(taskId);
    const settings = { ORRERY_TASK_NAMESPACE: name };

    for (const command of [
      ['collect', '--yes'],
      ['uninstall', '--yes', '--even-open'],
      ['write-off', taskId],
    ]) {
      const refused = await runOrrery(bench.store.url, command, settings);
      expectSentence(refused, /is not the one this database belongs to; correct ORRERY_/);
    }
    await api.json({ method: 'DELETE', path: `/api/v1/namespaces/${name}` });
    await expect(bench.pod(taskId)).resolves.toMatchObject({ held: true });
    await expect(bench.store.administration.countDebts()).resolves.toBe(1);
  }, 120_000);

  it('says what to correct when Temporal, Kubernetes or Postgres does not answer', async () => {
    const ask = (settings: Record<string, string>): Promise<CommandResult> =>
      runOrrery(bench.store.url, ['collect', '--dry-run'], settings);
    expectSentence(
      await ask({ ORRERY_TEMPORAL_ADDRESS: '127.0.0.1:1' }),
      /^Temporal at 127\.0\.0\.1:1 does not tell .* correct ORRERY_TEMPORAL_ADDRESS/,
    );
    expectSentence(
      await ask({ ORRERY_KUBECONFIG: '/nowhere' }),
      /kubeconfig \/nowhere cannot be read/,
    );
    expectSentence(
      await ask({ ORRERY_POSTGRES_URL: 'postgres://nobody@127.0.0.1:1/nothing' }),
      /^The database cannot be reached/,
    );
  }, 120_000);

  it('wants to be told whether it is meant', async () => {
    expectSentence(await orrery('collect'), /^Say --dry-run .* or --yes/);
    expectSentence(await orrery('collect', '--yes', '--dry-run'), /cannot be used with/);
  });
});

describe('orrery write-off', () => {
  it('releases the debt of one task and writes down who decided', async () => {
    const taskId = await anOrphan();
    const done = await orrery('write-off', taskId, '--by', 'ada the operator');
    expect(done.stdout).toContain(`Attempt 1 of task ${taskId} is written off`);

    await expect(bench.store.administration.countDebts()).resolves.toBe(0);
    const task = await bench.store.tasks.get('ada', taskId, 'FULL');
    expect(task?.logs?.[0]?.system_logs?.at(-1)).toContain('Decided by ada the operator.');
    await until(async () => (await bench.pod(taskId)) === undefined, {
      what: 'the pod is released',
      withinMs: 60_000,
    });
  }, 120_000);

  it('refuses a task that has no debt, and one that is not there', async () => {
    const taskId = await aRunningTask();
    expectSentence(await orrery('write-off', taskId), /has no debt; only .* cancelled first/);
    expectSentence(await orrery('write-off', 'nonsense'), /^There is no task nonsense; give/);
    await expect(bench.pod(taskId)).resolves.toMatchObject({ held: true });
  }, 60_000);
});

describe('orrery uninstall', () => {
  it('refuses while tasks are open', async () => {
    const taskId = await aRunningTask();
    expectSentence(await orrery('uninstall', '--yes'), /^1 tasks are open: cancel them/);
    await expect(bench.pod(taskId)).resolves.toMatchObject({ held: true });
  }, 60_000);

  it('refuses while a controller holds the lease', async () => {
    const { name } = await bench.aPod();
    await createLeaseStore(bench.store.pool).acquire('1@there');
    const running = /^The controller 1@there is running: stop all roles first/;
    expectSentence(await orrery('uninstall', '--yes'), running);
    await expect(bench.cluster.pods.get(name)).resolves.toMatchObject({ held: true });
  }, 60_000);

  it('tells what it would take away, takes pods and Secrets of ours only, and leaves debts behind', async () => {
    const taskId = await aRunningTask();
    const foreign = await bench.aPod({ installation: v7() });
    const name = podName({ taskId, number: 1 });
    const foreseen = await orrery('uninstall', '--dry-run');
    expect(foreseen.stdout).toContain(`pod ${name} (uid `);
    expect(foreseen.stdout).toContain(`Secret ${name}-spec-0: to be deleted.`);
    expect(foreseen.stdout).not.toContain(foreign.name);
    expect(await isThere(name)).toBe(true);

    const done = await orrery('uninstall', '--yes', '--even-open', '--by', 'ada');
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toContain('0 tasks are open');
    expect(done.stdout).toContain('1 debts are left');
    await until(async () => !(await isThere(name)), { what: 'the pod is gone', withinMs: 60_000 });
    const task = await bench.store.tasks.get('ada', taskId, 'FULL');
    expect(task).toMatchObject({ state: 'SYSTEM_ERROR' });
    expect(task?.logs?.[0]?.system_logs?.at(-1)).toContain('Decided by ada.');

    await expect(bench.cluster.pods.get(foreign.name)).resolves.toMatchObject({ held: true });
    await bench.cluster.pods.delete(foreign.name, foreign.uid, 0);
    await bench.cluster.pods.release(foreign.name, foreign.uid);
  }, 120_000);
});

describe('orrery identity rebind', () => {
  const elsewhere = "update installation set task_namespace = 'another'";

  it('refuses while a controller holds the lease', async () => {
    await bench.store.rows(elsewhere);
    const lease = createLeaseStore(bench.store.pool);
    await lease.acquire('1@there');
    const running = /^The controller 1@there is running: stop all roles first/;
    expectSentence(await orrery('identity', 'rebind', '--yes'), running);
    await expect(bench.store.administration.identities()).resolves.toMatchObject({
      taskNamespace: 'another',
    });
  }, 60_000);

  it('says that nothing changes when nothing does', async () => {
    const { code, stdout } = await orrery('identity', 'rebind', '--dry-run');
    expect([code, stdout]).toEqual([0, expect.stringContaining('as it was')]);
  });

  it('lists open attempts and refuses while there are any', async () => {
    const taskId = await aRunningTask();
    await bench.store.rows(elsewhere);
    const foreseen = await orrery('identity', 'rebind', '--dry-run');
    expect(foreseen.stdout).toContain('the task namespace: another → ');
    expect(foreseen.stdout).toContain(`open attempt: pod ${podName({ taskId, number: 1 })}`);

    expectSentence(await orrery('identity', 'rebind', '--yes'), /^1 attempts are open: start/);
    await expect(bench.store.administration.identities()).resolves.toMatchObject({
      taskNamespace: 'another',
    });
  }, 60_000);

  it('with --debts ends their tasks and moves; Nodes of the other cluster prove nothing any more', async () => {
    const taskId = await aRunningTask();
    await bench.store.attempts.recordNode(taskId, 1, { name: 'gone-for-ever', uid: v7() });
    await bench.store.rows(elsewhere);
    const done = await orrery('identity', 'rebind', '--yes', '--debts');
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('belongs to these')]);
    await expect(bench.store.tasks.get('ada', taskId, 'MINIMAL')).resolves.toMatchObject({
      state: 'SYSTEM_ERROR',
    });

    await bench.settleLongAgo(taskId);
    const { taskNamespace } = await bench.store.administration.identities();
    expect(taskNamespace).toBe(
      await namespaceUid(bench.cluster.api, bench.cluster.settings.namespace),
    );
    const nowhere = { pages: () => none() };
    await expect(
      bench.collect({
        list: nowhere,
        pods: { ...bench.cluster.pods, get: () => Promise.resolve(undefined) },
      }),
    ).resolves.toMatchObject({ touched: 0 });
  }, 90_000);
});

async function* none(): AsyncGenerator<never> {
  yield* await Promise.resolve([]);
}
