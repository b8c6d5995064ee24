/** Tasks that Orrery itself cannot drive any further. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createGiveUp } from '../../../activities/give-up.ts';
import { type ActivityBench, openActivityBench } from '../../support/activity-bench.ts';

let bench: ActivityBench;

beforeAll(async () => {
  bench = await openActivityBench();
});

afterAll(() => bench.close());

const giveUp = (taskId: string) => createGiveUp(bench.store)(taskId, 'settleAttempt');

const read = async (taskId: string) => bench.store.tasks.get('ada', taskId, 'FULL');

describe('a task that is given up', () => {
  it('ends SYSTEM_ERROR with the step that failed, when it has no pod', async () => {
    const taskId = await bench.aTask();
    await bench.store.attempts.open(taskId);
    await expect(giveUp(taskId)).resolves.toEqual({ state: 'SYSTEM_ERROR', number: 1 });
    const task = await read(taskId);
    expect(task?.state).toBe('SYSTEM_ERROR');
    expect(task?.logs?.at(-1)?.system_logs?.at(-1)).toContain('its step settleAttempt failed');
  });

  it('leaves its pod as a debt, which the clean-up deletes and no finalizer is lost of', async () => {
    const taskId = await bench.aTask({
      executors: [bench.cluster.anExecutor({ command: ['sleep', '300'] })],
    });
    await bench.worker().ensurePod({ taskId });
    await giveUp(taskId);

    await expect(bench.store.attempts.find(taskId, 1)).resolves.toMatchObject({
      attempt: { verdict: { code: 'InternalError', retryable: false } },
    });
    expect((await bench.store.attempts.find(taskId, 1))?.attempt.provenDeadAt).toBeUndefined();
    const done = { kind: 'done', state: 'SYSTEM_ERROR' };
    await expect(bench.worker().settleAttempt({ taskId, number: 1 })).resolves.toMatchObject(done);
    const pod = await bench.pod(taskId);
    expect(pod).toMatchObject({ held: true, deletedAt: expect.any(String) });
  });

  it('ends CANCELED when that was asked, and a final state stays', async () => {
    const taskId = await bench.aTask();
    await bench.worker().ensurePod({ taskId });
    await bench.cancel(taskId);
    await expect(giveUp(taskId)).resolves.toEqual({ state: 'CANCELED', number: 1 });
    await expect(giveUp(taskId)).resolves.toEqual({ state: 'CANCELED', number: 1 });
  });
});

describe('a task whose pod can never be made', () => {
  it('ends with its queue deadline, which a refusal that lasts cannot hold up', async () => {
    const refusal = new Error('exceeded quota');
    const taskId = await bench.aTask();
    const worker = bench.worker({ createGated: () => Promise.reject(refusal) });
    await expect(worker.ensurePod({ taskId })).rejects.toThrow('exceeded quota');

    await bench.store.rows(
      `update tasks set created_at = now() - interval '2 hours' where id = $1`,
      [taskId],
    );
    const attempt = { taskId, number: 1 };
    await expect(worker.ensurePod({ taskId })).resolves.toMatchObject({ wakeInMs: 0 });
    const look = await worker.settleAttempt(attempt);
    expect(look).toEqual({ kind: 'delete', intent: { kind: 'deadline', deadline: 'queue' } });
    await worker.removePod({ ...attempt, intent: { kind: 'deadline', deadline: 'queue' } });
    await expect(worker.settleAttempt(attempt)).resolves.toMatchObject({ state: 'SYSTEM_ERROR' });

    const task = await read(taskId);
    expect(task?.logs?.at(-1)?.system_logs?.at(-1)).toContain('The queue deadline passed');
  });
});
