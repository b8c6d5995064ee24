/** Processes of the server that are killed, and pods that somebody deletes, while tasks are under way. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Task } from '../../src/tes/task.ts';
import { startCutOffProxy } from '../support/cut-off-proxy.ts';
import { type PodsAlive, watchPodsAlive } from '../support/pods-alive.ts';
import { aShellTask, NOTE_RUN, notedAt } from '../support/shell-task.ts';
import { startSystem, type System } from '../support/system.ts';
import { environment } from '../support/test-environment.ts';

let system: System;
let alive: PodsAlive;

beforeAll(async () => {
  system = await startSystem({ split: true, settings: { ORRERY_RETRY_BACKOFF_SECONDS: '1' } });
  alive = await watchPodsAlive(system.namespace);
}, 120_000);

afterAll(async () => {
  await alive.stop();
  await system.stop();
}, 60_000);

/** A task that notes each of its runs, which take a while. */
function submitNoted(name: string, seconds: number, last = 'true'): Promise<string> {
  return system.submit(
    aShellTask(`${NOTE_RUN}; sleep ${seconds}; ${last}`, notedAt(system.fileUrl(name))),
  );
}

/** The task had one attempt, one pod, and its command was run once in it. */
async function expectRunOnce(name: string, task: Task): Promise<void> {
  expect(task.logs).toHaveLength(1);
  expect(alive.of(task.id).uids).toHaveLength(1);
  await expect(system.readFile(name)).resolves.toBe('run\n');
}

describe('a killed process', () => {
  it('is no harm when it is the worker: the running task is found again and was run once', async () => {
    const id = await submitNoted('worker', 5);
    await system.reaches(id, 'RUNNING');
    await system.process('worker').kill('SIGKILL');
    await system.process('worker').start();
    await expectRunOnce('worker', await system.ends(id, 'COMPLETE'));
  }, 180_000);

  it('is no harm when it is the controller: a task that ended meanwhile is noticed', async () => {
    const id = await submitNoted('controller', 1);
    await system.reaches(id, 'RUNNING');
    await system.process('controller').kill('SIGKILL');
    await system.until(
      async () => (await system.namespace.podsOf(id)).some(({ phase }) => phase === 'Succeeded'),
      { what: 'the pod ends', withinMs: 60_000 },
    );
    await system.process('controller').start();
    await expectRunOnce('controller', await system.ends(id, 'COMPLETE'));
  }, 180_000);

  it('is no harm when it is every one at once: all tasks reach their true final states', async () => {
    const running = await submitNoted('running', 6);
    const failing = await submitNoted('failing', 6, 'exit 3');
    await system.reaches(running, 'RUNNING');
    await system.reaches(failing, 'RUNNING');
    const canceled = await submitNoted('canceled', 300);
    await system.cancel(canceled);
    const fresh = await submitNoted('fresh', 0);

    await Promise.all(system.processes.map((one) => one.kill('SIGKILL')));
    await Promise.all(system.processes.map((one) => one.start()));

    await expectRunOnce('running', await system.ends(running, 'COMPLETE'));
    await expectRunOnce('failing', await system.ends(failing, 'EXECUTOR_ERROR'));
    await expectRunOnce('fresh', await system.ends(fresh, 'COMPLETE'));
    await expect(system.ends(canceled, 'CANCELED')).resolves.toHaveProperty('id', canceled);
  }, 240_000);

  it('is no harm when it is the api, after it stored a task and before it told Temporal', async () => {
    await using line = await startCutOffProxy(`tcp://${environment('TEMPORAL_ADDRESS')}`);
    const api = system.addProcess('api', { ORRERY_TEMPORAL_ADDRESS: new URL(line.origin).host });
    await api.start();
    line.freeze();
    const answer = await fetch(`${api.url()}/ga4gh/tes/v1/tasks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(aShellTask(NOTE_RUN, notedAt(system.fileUrl('api')))),
    });
    await api.kill('SIGKILL');

    const { id } = (await answer.json()) as { id: string };
    await expectRunOnce('api', await system.ends(id, 'COMPLETE'));
  }, 240_000);
});

describe('a pod that somebody deletes', () => {
  it('is followed by another attempt once it is dead, never by two pods at once', async () => {
    const id = await system.submit(
      aShellTask(
        `${NOTE_RUN}; trap 'sleep 2; exit 1' TERM; sleep 4 & wait`,
        notedAt(system.fileUrl('deleted')),
      ),
    );
    await system.reaches(id, 'RUNNING');
    const [pod] = await system.namespace.podsOf(id);
    await system.namespace.deletePod(pod?.name ?? '');

    const task = await system.ends(id, 'COMPLETE');
    const [first, second] = task.logs ?? [];
    expect(task.logs).toHaveLength(2);
    expect(first?.system_logs?.at(-1)).toMatch(
      /deleted by someone else|asked to stop before it had ended/,
    );
    expect(second?.logs).toEqual([expect.objectContaining({ exit_code: 0 })]);
    expect(alive.of(id)).toEqual({
      uids: [expect.any(String), expect.any(String)],
      mostAtOnce: 1,
    });
    await expect(system.readFile('deleted')).resolves.toBe('run\n');
  }, 240_000);
});

describe('the cluster', () => {
  it('holds nothing of tasks whose servers were killed', async () => {
    await expect(system.leftovers()).resolves.toEqual([]);
  }, 90_000);
});
