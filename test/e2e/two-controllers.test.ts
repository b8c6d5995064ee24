/** Two controllers, of which the active one is killed, paused, stopped and cut off from Postgres. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Task } from '../../src/tes/task.ts';
import { type CutOffProxy, startCutOffProxy } from '../support/cut-off-proxy.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { aShellTask, NOTE_RUN, notedAt } from '../support/shell-task.ts';
import { startSystem, type System } from '../support/system.ts';
import { environment } from '../support/test-environment.ts';

/** The lease lives for 15 s; then all pods are listed. */
const TAKEOVER_MS = 25_000;
/** Far less than the lease lives. */
const HANDOVER_MS = 8_000;

let system: System;
let proxy: CutOffProxy;
let ada: ServerProcess;
let bob: ServerProcess;

beforeAll(async () => {
  const settings = { ORRERY_HEALTH_PORT: '0' };
  system = await startSystem({ split: true, settings });
  ada = system.process('controller');
  const postgres = new URL(environment('POSTGRES_URL'));
  proxy = await startCutOffProxy(postgres.href);
  postgres.port = new URL(proxy.origin).port;
  postgres.pathname = system.taskQueue;
  bob = system.addProcess('controller', { ORRERY_POSTGRES_URL: postgres.href });
  await becomes(ada, 'Active');
  await bob.start();
  await becomes(bob, 'Standby');
}, 120_000);

afterAll(async () => {
  await system.stop();
  await proxy[Symbol.asyncDispose]();
}, 60_000);

/** Waits until a controller is ready as what it should be; how long that took, in milliseconds. */
async function becomes(controller: ServerProcess, role: 'Active' | 'Standby'): Promise<number> {
  const begin = performance.now();
  await system.until(
    async () => {
      const answer = await fetch(`${controller.url()}/readyz`);
      const { roles } = (await answer.json()) as { roles: { controller: { note?: string } } };
      return answer.ok && roles.controller.note?.startsWith(role);
    },
    { what: `a controller is ${role}`, withinMs: 60_000 },
  );
  return performance.now() - begin;
}

function submitNoted(name: string, seconds: number): Promise<string> {
  return system.submit(aShellTask(`${NOTE_RUN}; sleep ${seconds}`, notedAt(system.fileUrl(name))));
}

/** The task ends well, in one attempt whose command was run once. */
async function endsOnce(id: string, name: string): Promise<Task> {
  const task = await system.ends(id, 'COMPLETE');
  expect(task.logs).toHaveLength(1);
  await expect(system.readFile(name)).resolves.toBe('run\n');
  return task;
}

describe('when the active controller', () => {
  it('is killed, the standby takes over and notices what ended meanwhile', async () => {
    const id = await submitNoted('killed', 2);
    await system.reaches(id, 'RUNNING');
    await ada.kill('SIGKILL');

    expect(await becomes(bob, 'Active')).toBeLessThan(TAKEOVER_MS);

    await endsOnce(id, 'killed');
    await ada.start();
    await becomes(ada, 'Standby');
  }, 180_000);

  it('is paused, the standby takes over, and the paused one wakes up to write nothing and stand by', async () => {
    const id = await submitNoted('paused', 2);
    await system.reaches(id, 'RUNNING');
    await bob.kill('SIGSTOP');

    expect(await becomes(ada, 'Active')).toBeLessThan(TAKEOVER_MS);

    const ended = await endsOnce(id, 'paused');
    await bob.kill('SIGCONT');
    await becomes(bob, 'Standby');
    expect(bob.tail()).toContain('"type":"LeaseLost"');
    expect((await system.get(`/ga4gh/tes/v1/tasks/${id}?view=FULL`)).body).toEqual(ended);
  }, 180_000);

  it('is stopped, the standby takes over at once', async () => {
    await ada.stop();

    expect(await becomes(bob, 'Active')).toBeLessThan(HANDOVER_MS);

    await endsOnce(await submitNoted('stopped', 0), 'stopped');
    await ada.start();
    await becomes(ada, 'Standby');
  }, 120_000);

  it('alone loses Postgres, it stops itself, the standby takes over, and it stands by afterwards', async () => {
    const id = await submitNoted('cut', 2);
    await system.reaches(id, 'RUNNING');
    proxy.down();

    expect(await becomes(ada, 'Active')).toBeLessThan(TAKEOVER_MS);

    expect(bob.tail()).toContain('"reason":"it could not be renewed in time"');
    await endsOnce(id, 'cut');
    proxy.up();
    await becomes(bob, 'Standby');
  }, 180_000);
});

describe('the cluster', () => {
  it('holds nothing of tasks whose controllers changed', async () => {
    await expect(system.leftovers()).resolves.toEqual([]);
  }, 90_000);
});
