/** Cancelling, at any moment and from anywhere. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTemporalClient } from '../../src/temporal/client.ts';
import { hasEnded } from '../../src/tes/proven-dead.ts';
import { aShellTask } from '../support/shell-task.ts';
import { startSystem, type System } from '../support/system.ts';
import { environment } from '../support/test-environment.ts';

const LONG = "trap 'exit 9' TERM; sleep 300 & wait";
const DEAF = "trap '' TERM; while true; do sleep 1; done";

let system: System;
let ids: { readonly running: string; readonly deaf: string; readonly temporal: string };

beforeAll(async () => {
  system = await startSystem({ settings: { ORRERY_TERMINATION_GRACE_SECONDS: '2' } });
  ids = {
    running: await system.submit(aShellTask(LONG)),
    deaf: await system.submit(aShellTask(DEAF)),
    temporal: await system.submit(aShellTask(DEAF)),
  };
}, 120_000);

afterAll(() => system.stop(), 60_000);

describe('a cancel', () => {
  it('ends a RUNNING task as CANCELED once its pod is dead', async () => {
    await system.reaches(ids.running, 'RUNNING');
    await system.cancel(ids.running);
    const { body } = await system.get(`/ga4gh/tes/v1/tasks/${ids.running}`);
    expect(['CANCELING', 'CANCELED']).toContain(body.state);
    await expect(system.ends(ids.running, 'CANCELED')).resolves.toHaveProperty('logs.length', 1);
  }, 180_000);

  it('may be sent again and changes nothing then', async () => {
    await system.cancel(ids.running);
    await system.cancel(ids.running);
    await expect(system.ends(ids.running, 'CANCELED')).resolves.toHaveProperty('logs.length', 1);
  }, 180_000);

  it('kills a command that does not listen after its grace, and is CANCELED no sooner', async () => {
    await system.reaches(ids.deaf, 'RUNNING');
    await system.cancel(ids.deaf);
    await system.ends(ids.deaf, 'CANCELED');
    const pods = await system.namespace.podsOf(ids.deaf);
    expect(pods.filter((pod) => !hasEnded(pod))).toEqual([]);
  }, 180_000);

  it('from Temporal is the same as one through the API', async () => {
    await system.reaches(ids.temporal, 'RUNNING');
    const { client, close } = createTemporalClient({
      address: environment('TEMPORAL_ADDRESS'),
      namespace: 'default',
      taskQueue: system.taskQueue,
    });
    await client.workflow.getHandle(ids.temporal).cancel();
    await close();
    await system.reaches(ids.temporal, 'CANCELING');
    const task = await system.ends(ids.temporal, 'CANCELED');
    expect(task.logs?.[0]?.system_logs?.at(-1)).toMatch(/cancel/i);
  }, 180_000);

  it('right after the POST ends the task as CANCELED without a command', async () => {
    const fresh = [1, 2, 3].map(async () => {
      const id = await system.submit(aShellTask('sleep 300'));
      await system.cancel(id);
      return system.ends(id, 'CANCELED');
    });
    const tasks = await Promise.all(fresh);
    expect(tasks.flatMap(({ logs = [] }) => logs.flatMap((log) => log.logs))).toEqual([]);
  }, 180_000);

  it('of a task that is done changes nothing', async () => {
    const id = await system.submit(aShellTask('true'));
    await system.ends(id, 'COMPLETE');
    await system.cancel(id);
    await expect(system.get(`/ga4gh/tes/v1/tasks/${id}`)).resolves.toMatchObject({
      body: { state: 'COMPLETE' },
    });
  }, 180_000);
});

describe('the cluster', () => {
  it('holds nothing of tasks that were canceled', async () => {
    await expect(system.leftovers()).resolves.toEqual([]);
  }, 90_000);
});
