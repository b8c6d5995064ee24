/** `settleAttempt` and `removePod` on real pods. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createGiveUp } from '../../../activities/give-up.ts';
import { TransientError } from '../../../src/errors/tes-error.ts';
import { podName } from '../../../src/tes/attempt.ts';
import type { PodObservation } from '../../../src/tes/observation.ts';
import { type ActivityBench, openActivityBench } from '../../support/activity-bench.ts';

let bench: ActivityBench;

beforeAll(async () => {
  bench = await openActivityBench();
});

afterAll(() => bench.close());

const CANCEL = { intent: { kind: 'cancel' } } as const;

const logsOf = async (taskId: string) => (await bench.store.tasks.get('ada', taskId, 'FULL'))?.logs;

describe('settleAttempt', () => {
  it('waits while the pod runs and tells for how long', async () => {
    const taskId = await bench.aTask({
      executors: [bench.cluster.anExecutor({ command: ['sleep', '300'] })],
    });
    await bench.worker().ensurePod({ taskId });
    const answer = await bench.worker().settleAttempt({ taskId, number: 1 });
    expect(answer).toMatchObject({ kind: 'wait' });
    expect(answer).toHaveProperty('wakeInMs', expect.any(Number));
    await expect(bench.pod(taskId)).resolves.toMatchObject({ held: true });
  });

  it('commits an end once: a second call returns the stored verdict and changes nothing', async () => {
    const taskId = await bench.aTask();
    const worker = bench.worker();
    await worker.ensurePod({ taskId });
    await bench.cluster.until(podName({ taskId, number: 1 }), ({ phase }) => phase === 'Succeeded');
    const done = { kind: 'done', state: 'COMPLETE' };
    await expect(worker.settleAttempt({ taskId, number: 1 })).resolves.toMatchObject(done);
    const logs = await logsOf(taskId);

    await expect(worker.settleAttempt({ taskId, number: 1 })).resolves.toMatchObject(done);
    expect(logs).toHaveLength(1);
    await expect(logsOf(taskId)).resolves.toEqual(logs);
    await expect(bench.pod(taskId)).resolves.toBeUndefined();
  }, 120_000);

  it('takes the pod away on the second call when the first one died before that', async () => {
    const taskId = await bench.aTask();
    await bench.worker().ensurePod({ taskId });
    await bench.cluster.until(podName({ taskId, number: 1 }), ({ phase }) => phase === 'Succeeded');
    const dying = bench.worker({ delete: () => Promise.reject(new Error('killed')) });
    await expect(dying.settleAttempt({ taskId, number: 1 })).rejects.toThrow('killed');
    await expect(bench.pod(taskId)).resolves.toMatchObject({ held: true });

    await bench.worker().settleAttempt({ taskId, number: 1 });
    await expect(bench.pod(taskId)).resolves.toBeUndefined();
  }, 120_000);
});

describe('an attempt whose pod somebody deletes', () => {
  /** What follows a running pod's end by a stranger's hand. */
  async function afterDelete(resources: object): Promise<unknown> {
    const executors = [bench.cluster.anExecutor({ command: ['sleep', '300'] })];
    const taskId = await bench.aTask({ executors, resources });
    await bench.worker().ensurePod({ taskId });
    const name = podName({ taskId, number: 1 });
    const running = await bench.cluster.until(name, ({ containers }) =>
      containers.some((one) => one.name === 'executor-0' && one.state.kind === 'running'),
    );
    await bench.cluster.pods.delete(name, running.uid, 1);
    await bench.cluster.until(name, ({ phase }) => phase === 'Failed');
    return bench.worker().settleAttempt({ taskId, number: 1 });
  }

  it('is followed by another one, unless the task itself allows no retries', async () => {
    await expect(afterDelete({})).resolves.toMatchObject({ kind: 'next' });
    const none = { backend_parameters: { max_retries: '0' } };
    await expect(afterDelete(none)).resolves.toMatchObject({ kind: 'done', state: 'SYSTEM_ERROR' });
  }, 120_000);
});

describe('a report that its node does not hand over', () => {
  it('is waited for, and after ten minutes the attempt is settled without it and the pod never run again', async () => {
    const taskId = await bench.aTask();
    await bench.worker().ensurePod({ taskId });
    const name = podName({ taskId, number: 1 });
    await bench.cluster.until(name, ({ phase }) => phase === 'Succeeded');
    const mute = { readReport: () => Promise.reject(new TransientError('no answer')) };
    const attempt = { taskId, number: 1 };
    await expect(bench.worker(mute).settleAttempt(attempt)).rejects.toThrow('no answer');

    const later = bench.worker({ ...mute, get: () => endedLongAgo(name) });
    await expect(later.settleAttempt(attempt)).resolves.toMatchObject({ state: 'COMPLETE' });
    const [log] = (await logsOf(taskId)) ?? [];
    expect(log?.logs).toMatchObject([{ exit_code: 0 }]);
    expect(log?.system_logs).toContainEqual(expect.stringMatching(/^The report .* is lost/));
  }, 120_000);

  async function endedLongAgo(name: string): Promise<PodObservation | undefined> {
    const pod = await bench.cluster.pods.get(name);
    const finishedAt = new Date(Date.now() - 601_000).toISOString();
    return (
      pod && {
        ...pod,
        containers: pod.containers.map((one) => ({
          ...one,
          state: one.state.kind === 'terminated' ? { ...one.state, finishedAt } : one.state,
        })),
      }
    );
  }
});

describe('the clean-up of a debt', () => {
  it('writes the proof of death down before it releases the pod, which would take the proof away', async () => {
    const taskId = await bench.aTask();
    await bench.worker().ensurePod({ taskId });
    await createGiveUp(bench.store)(taskId, 'awaitPod');
    await bench.cluster.until(podName({ taskId, number: 1 }), ({ phase }) => phase === 'Succeeded');

    const dying = bench.worker({ release: () => Promise.reject(new Error('killed')) });
    await expect(dying.settleAttempt({ taskId, number: 1 })).rejects.toThrow('killed');
    await expect(bench.store.attempts.find(taskId, 1)).resolves.toMatchObject({
      attempt: { provenDeadAt: expect.any(Date) },
    });
    await bench.worker().settleAttempt({ taskId, number: 1 });
    await expect(bench.pod(taskId)).resolves.toBeUndefined();
  }, 120_000);
});

describe('removePod and then settleAttempt', () => {
  it('end a task whose pod was made but never recorded', async () => {
    const taskId = await bench.aTask();
    const dying = bench.worker({ ensureSecrets: () => Promise.reject(new Error('killed')) });
    await expect(dying.ensurePod({ taskId })).rejects.toThrow('killed');
    await bench.cancel(taskId);

    await bench.worker().removePod({ taskId, number: 1, ...CANCEL });
    await expect(bench.pod(taskId)).resolves.toBeUndefined();
    await expect(bench.worker().settleAttempt({ taskId, number: 1 })).resolves.toMatchObject({
      kind: 'done',
      state: 'CANCELED',
    });
  });

  it('end a task whose pod was recorded but still has its gate, at once', async () => {
    const taskId = await bench.aTask();
    const dying = bench.worker({ liftGate: () => Promise.reject(new Error('killed')) });
    await expect(dying.ensurePod({ taskId })).rejects.toThrow('killed');
    await bench.cancel(taskId);

    await bench.worker().removePod({ taskId, number: 1, ...CANCEL });
    await expect(bench.worker().settleAttempt({ taskId, number: 1 })).resolves.toMatchObject({
      kind: 'done',
      state: 'CANCELED',
    });
    await expect(bench.pod(taskId)).resolves.toBeUndefined();
  });

  it('keep the finalizer of a running pod until its end is seen', async () => {
    const taskId = await bench.aTask({
      executors: [bench.cluster.anExecutor({ command: ['sleep', '300'] })],
    });
    const worker = bench.worker();
    await worker.ensurePod({ taskId });
    const name = podName({ taskId, number: 1 });
    await bench.cluster.until(name, ({ containers }) =>
      containers.some((one) => one.name === 'executor-0' && one.state.kind === 'running'),
    );
    await bench.cancel(taskId);
    await worker.removePod({ taskId, number: 1, ...CANCEL });
    await expect(worker.settleAttempt({ taskId, number: 1 })).resolves.toMatchObject({
      kind: 'wait',
    });

    const ended = await bench.cluster.until(
      name,
      ({ phase }) => phase === 'Failed' || phase === 'Succeeded',
    );
    expect(ended).toMatchObject({ held: true });
    await expect(worker.settleAttempt({ taskId, number: 1 })).resolves.toMatchObject({
      kind: 'done',
      state: 'CANCELED',
    });
    await expect(bench.pod(taskId)).resolves.toBeUndefined();
  }, 120_000);
});
