/** Cancelling in each state a pod goes through: CANCELED comes long before the grace ends, and then nothing is left. */
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { PodObservation } from '../../src/tes/observation.ts';
import { stageOf } from '../../src/tes/stages.ts';
import { isFinal } from '../../src/tes/state.ts';
import type { Task } from '../../src/tes/task.ts';
import { aShell, aShellTask } from '../support/shell-task.ts';
import { startSystem, type System } from '../support/system.ts';

const GRACE_SECONDS = 60;
const BIG = 6_000_000_000;
const ROOM = { resources: { disk_gb: 15 } };

let system: System;

beforeAll(async () => {
  system = await startSystem({
    settings: {
      ORRERY_TERMINATION_GRACE_SECONDS: `${GRACE_SECONDS}`,
      ORRERY_PULL_TROUBLE_SECONDS: '300',
    },
  });
  // A file with one hole costs no disk until a task copies it.
  await system.writeFile('big', '');
  const file = await open(fileURLToPath(system.fileUrl('big')), 'r+');
  await file.truncate(BIG);
  await file.close();
}, 120_000);

afterAll(() => system.stop(), 60_000);

async function podThat(
  id: string,
  isSo: (pod: PodObservation) => boolean,
  what: string,
): Promise<void> {
  await system.until(async () => (await system.namespace.podsOf(id)).some(isSo), {
    what,
    withinMs: 60_000,
    everyMs: 25,
  });
}

const runs =
  (name: string) =>
  (pod: PodObservation): boolean =>
    stageOf(pod, name)?.state.kind === 'running';

/** Cancels and waits for the end, which comes long before the grace is over and leaves no pod and no Secret. */
async function cancelNow(id: string): Promise<Task> {
  const asked = performance.now();
  await system.cancel(id);
  const task = await system.ends(id, 'CANCELED');
  expect((performance.now() - asked) / 1000).toBeLessThan(GRACE_SECONDS / 3);
  // The row is written before the finalizer goes: between the two lies one request.
  await system.until(
    async () => (await system.namespace.objects()).every((name) => !name.includes(id)),
    { what: 'pod and Secrets are gone', withinMs: 5_000, everyMs: 20 },
  );
  return task;
}

describe('a cancel', () => {
  it('while the image is pulled', async () => {
    const id = await system.submit({
      executors: [{ ...aShell('true'), image: 'orrery.invalid/nowhere:1' }],
    });
    await podThat(
      id,
      (pod) => JSON.stringify(stageOf(pod, 'executor-0')?.state).includes('Pull'),
      'the image is pulled',
    );
    await expect(cancelNow(id)).resolves.toHaveProperty('state', 'CANCELED');
  }, 180_000);

  it('while inputs are fetched', async () => {
    const id = await system.submit(
      aShellTask('true', { ...ROOM, inputs: [{ path: '/work/big', url: system.fileUrl('big') }] }),
    );
    await podThat(id, runs('inputs'), 'inputs are fetched');
    const task = await cancelNow(id);
    expect(task.logs?.[0]?.logs).toEqual([]);
  }, 180_000);

  it('while a command runs that listens to SIGTERM', async () => {
    const id = await system.submit(aShellTask("trap 'exit 9' TERM; sleep 300 & wait"));
    await podThat(id, runs('executor-0'), 'the command runs');
    await expect(cancelNow(id)).resolves.toHaveProperty('state', 'CANCELED');
  }, 180_000);

  it('while outputs are uploaded', async () => {
    const id = await system.submit(
      aShellTask(`truncate -s ${BIG} /data/big`, {
        ...ROOM,
        volumes: ['/data'],
        outputs: [{ path: '/data/big', url: system.fileUrl('uploaded') }],
      }),
    );
    await podThat(id, runs('outputs'), 'outputs are uploaded');
    await expect(cancelNow(id)).resolves.toHaveProperty('state', 'CANCELED');
  }, 180_000);

  it.each([0, 20, 60, 120, 300, 1_000, 1_500, 2_000, 3_000])(
    'that comes %d ms after the POST of a short task ends it truly, as CANCELED or COMPLETE',
    async (afterMs) => {
      const id = await system.submit(aShellTask('true'));
      const sent = performance.now();
      await system.until(() => performance.now() - sent >= afterMs, {
        what: 'the moment comes',
        withinMs: 10_000,
        everyMs: 5,
      });
      await system.cancel(id);
      const task = await system.until(
        async () => {
          const { body } = await system.get(`/ga4gh/tes/v1/tasks/${id}?view=FULL`);
          return isFinal(body.state) && body;
        },
        { what: 'the task ends', withinMs: 60_000 },
      );
      const codes = task.logs?.flatMap(({ logs }) => logs.map(({ exit_code }) => exit_code));
      const seen = `${task.state} ${codes?.join() ?? ''}`.trim();
      expect(['COMPLETE 0', 'CANCELED', 'CANCELED 0', 'CANCELED 143']).toContain(seen);
    },
    120_000,
  );
});

describe('the cluster', () => {
  it('holds nothing of tasks that were canceled', async () => {
    await expect(system.leftovers()).resolves.toEqual([]);
  }, 90_000);
});
