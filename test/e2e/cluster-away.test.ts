/** A cluster that is away for a while, or replaced by an empty one behind the same address, while tasks run. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { loadKubeConfig } from '../../src/kubernetes/kube-config.ts';
import type { Pod } from '../../src/kubernetes/objects.ts';
import { createTemporalClient } from '../../src/temporal/client.ts';
import { type CutOffProxy, startCutOffProxy } from '../support/cut-off-proxy.ts';
import { type EmptyCluster, startEmptyCluster } from '../support/empty-cluster.ts';
import { configVia } from '../support/kube-config-via.ts';
import { aShellTask, NOTE_RUN, notedAt } from '../support/shell-task.ts';
import { startSystem, type System } from '../support/system.ts';
import { environment } from '../support/test-environment.ts';

const kubeconfig = loadKubeConfig({ kind: 'file', path: environment('KUBECONFIG') });
const ours = kubeconfig.getCurrentCluster()?.server ?? '';

let empty: EmptyCluster;
let proxy: CutOffProxy;
let system: System;
let temporal: ReturnType<typeof createTemporalClient>;
let directory: string;

beforeAll(async () => {
  empty = await startEmptyCluster();
  proxy = await startCutOffProxy(ours);
  directory = await mkdtemp(join(tmpdir(), 'orrery-swapped-'));
  const file = join(directory, 'kubeconfig');
  await writeFile(file, configVia(kubeconfig, proxy.origin).exportConfig());
  // A pod that is not found would be given up after a second.
  system = await startSystem({
    settings: { ORRERY_KUBECONFIG: file, ORRERY_NODE_LOST_SECONDS: '1' },
  });
  temporal = createTemporalClient({
    address: environment('TEMPORAL_ADDRESS'),
    namespace: 'default',
    taskQueue: system.taskQueue,
  });
}, 120_000);

afterAll(async () => {
  await temporal.close();
  await system.stop();
  await proxy[Symbol.asyncDispose]();
  await empty[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
}, 60_000);

/** Waits until Temporal shows that a step of the task's workflow was refused because the cluster is another one. */
async function isHeld(taskId: string, activity: string): Promise<void> {
  await system.until(
    async () => {
      const { raw } = await temporal.client.workflow.getHandle(taskId).describe();
      return raw.pendingActivities?.some(
        ({ activityType, lastFailure }) =>
          activityType?.name === activity &&
          lastFailure?.message?.includes('is not the one this database belongs to'),
      );
    },
    { what: `${activity} of ${taskId} is refused`, withinMs: 120_000 },
  );
}

function submitNoted(name: string, seconds: number): Promise<string> {
  return system.submit(aShellTask(`${NOTE_RUN}; sleep ${seconds}`, notedAt(system.fileUrl(name))));
}

/** The task ends well, in one attempt whose command was run once. */
async function expectRunOnce(id: string, name: string): Promise<void> {
  const task = await system.ends(id, 'COMPLETE');
  expect(task.logs).toHaveLength(1);
  await expect(system.readFile(name)).resolves.toBe('run\n');
}

describe('tasks whose API server is away', () => {
  it('lose nothing: what ended meanwhile is noticed, what was posted meanwhile is run', async () => {
    const running = await submitNoted('ends-meanwhile', 2);
    await system.reaches(running, 'RUNNING');
    proxy.down();
    const posted = await submitNoted('posted-meanwhile', 0);
    await system.until(
      async () =>
        (await system.namespace.podsOf(running)).some(({ phase }) => phase === 'Succeeded'),
      { what: 'the pod ends', withinMs: 60_000 },
    );
    proxy.up();

    await expectRunOnce(running, 'ends-meanwhile');
    await expectRunOnce(posted, 'posted-meanwhile');
  }, 240_000);
});

describe('tasks whose cluster is replaced by an empty one', () => {
  it('stay what they were, make no pod there, and go on when it is back', async () => {
    const running = await submitNoted('running', 20);
    await system.reaches(running, 'RUNNING');

    proxy.leadTo(empty.origin);
    const waiting = await submitNoted('waiting', 0);
    await isHeld(running, 'settleAttempt');
    await isHeld(waiting, 'ensurePod');

    const states = await Promise.all(
      [running, waiting].map(async (id) => (await system.get(`/v1/tasks/${id}`)).body.state),
    );
    expect(states).toEqual(['RUNNING', 'QUEUED']);
    const path = `/api/v1/namespaces/${environment('TASK_NAMESPACE')}/pods`;
    const { items } = await empty.api.json<{ items: Pod[] }>({ method: 'GET', path });
    expect(items).toEqual([]);

    proxy.leadTo(ours);
    await expectRunOnce(running, 'running');
    await expectRunOnce(waiting, 'waiting');
  }, 300_000);
});
