/** `ensurePod`, interrupted in every place: one pod, and none runs that was not recorded. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { PodGateway } from '../../../src/kubernetes/ports.ts';
import { ANNOTATIONS, LABELS, podName } from '../../../src/tes/attempt.ts';
import { type ActivityBench, aPause, openActivityBench } from '../../support/activity-bench.ts';

let bench: ActivityBench;

beforeAll(async () => {
  bench = await openActivityBench();
});

afterAll(() => bench.close());

const recordedUid = async (taskId: string): Promise<string | undefined> =>
  (await bench.store.attempts.find(taskId, 1))?.attempt.podUid;

/** A worker that dies right after this step was done in Kubernetes. */
function aWorkerThatDiesAfter(step: 'createGated' | 'ensureSecrets') {
  const crash = new Error('killed');
  const { pods } = bench.cluster;
  const steps: Pick<PodGateway, 'createGated' | 'ensureSecrets'> = {
    createGated: async (plan) => {
      const made = await pods.createGated(plan);
      if (step === 'createGated') throw crash;
      return made;
    },
    ensureSecrets: async (plan, uid) => {
      await pods.ensureSecrets(plan, uid);
      throw crash;
    },
  };
  return bench.worker(steps);
}

/** Changes the metadata of a pod by hand. */
async function relabel(taskId: string, metadata: object): Promise<void> {
  await bench.cluster.api.json({
    method: 'PATCH',
    path: `${bench.cluster.path}/pods/${podName({ taskId, number: 1 })}`,
    body: { metadata },
    contentType: 'application/merge-patch+json',
  });
}

describe('ensurePod', () => {
  it('makes one pod, records its uid and lifts its gate', async () => {
    const taskId = await bench.aTask();
    await expect(bench.worker().ensurePod({ taskId })).resolves.toMatchObject({
      kind: 'ready',
      number: 1,
    });
    const pod = await bench.pod(taskId);
    expect(pod).toMatchObject({ gated: false, held: true });
    await expect(recordedUid(taskId)).resolves.toBe(pod?.uid);
  });

  it.each(['createGated', 'ensureSecrets'] as const)(
    'adopts the pod of a worker that died after %s, which had to wait until then',
    async (step) => {
      const taskId = await bench.aTask();
      await expect(aWorkerThatDiesAfter(step).ensurePod({ taskId })).rejects.toThrow('killed');
      const left = await bench.pod(taskId);
      expect(left).toMatchObject({ gated: true });
      await expect(recordedUid(taskId)).resolves.toBeUndefined();

      await bench.worker().ensurePod({ taskId });
      await expect(bench.pod(taskId)).resolves.toMatchObject({ uid: left?.uid, gated: false });
      await expect(recordedUid(taskId)).resolves.toBe(left?.uid);
    },
  );

  it('deletes the pod it just made when the task was canceled meanwhile', async () => {
    const taskId = await bench.aTask();
    const seen: string[] = [];
    const worker = bench.worker({
      ensureSecrets: async (plan, uid) => {
        seen.push(uid);
        await bench.cancel(taskId);
        return bench.cluster.pods.ensureSecrets(plan, uid);
      },
    });
    await expect(worker.ensurePod({ taskId })).resolves.toEqual({ kind: 'remove', number: 1 });
    expect(seen).toHaveLength(1);
    await expect(bench.pod(taskId)).resolves.toBeUndefined();
    await expect(recordedUid(taskId)).resolves.toBeUndefined();
  });

  it('makes an unrecorded pod of another builder anew', async () => {
    const taskId = await bench.aTask();
    await expect(aWorkerThatDiesAfter('createGated').ensurePod({ taskId })).rejects.toThrow();
    const old = await bench.pod(taskId);
    await relabel(taskId, { annotations: { [ANNOTATIONS.builder]: '0' } });

    await bench.worker().ensurePod({ taskId });
    const pod = await bench.pod(taskId);
    expect(pod?.uid).not.toBe(old?.uid);
    expect(pod).toMatchObject({ gated: false });
    await expect(recordedUid(taskId)).resolves.toBe(pod?.uid);
  });

  it('never touches a pod of that name which belongs to somebody else', async () => {
    const taskId = await bench.aTask();
    await expect(aWorkerThatDiesAfter('createGated').ensurePod({ taskId })).rejects.toThrow();
    await relabel(taskId, { labels: { [LABELS.attempt]: '7' } });

    await expect(bench.worker().ensurePod({ taskId })).rejects.toThrow('look at it');
    await bench.worker().removePod({ taskId, number: 1, intent: { kind: 'cancel' } });

    await expect(bench.pod(taskId)).resolves.toMatchObject({ gated: true });
    await expect(recordedUid(taskId)).resolves.toBeUndefined();
    await expect(bench.worker().settleAttempt({ taskId, number: 1 })).resolves.toMatchObject({
      kind: 'done',
      state: 'CANCELED',
    });
  });
});

describe('an attempt that knows no pod although one was let go, because Postgres was set back', () => {
  async function aForgottenPod(): Promise<string> {
    const taskId = await bench.aTask({
      executors: [bench.cluster.anExecutor({ command: ['sleep', '300'] })],
    });
    await bench.worker().ensurePod({ taskId });
    await bench.store.rows('update attempts set pod_uid = null where task_id = $1', [taskId]);
    return taskId;
  }

  it.each([{}, { [ANNOTATIONS.builder]: '0' }])(
    'adopts that pod, whichever version built it: %j',
    async (annotations) => {
      const taskId = await aForgottenPod();
      await relabel(taskId, { annotations });

      await expect(bench.worker().ensurePod({ taskId })).resolves.toMatchObject({ kind: 'ready' });

      const pod = await bench.pod(taskId);
      expect(pod).not.toHaveProperty('deletedAt');
      await expect(recordedUid(taskId)).resolves.toBe(pod?.uid);
    },
  );

  it('is settled by what that pod did, when it is looked at', async () => {
    const taskId = await bench.aTask();
    await bench.worker().ensurePod({ taskId });
    await bench.store.rows('update attempts set pod_uid = null where task_id = $1', [taskId]);
    await bench.cluster.until(podName({ taskId, number: 1 }), ({ phase }) => phase === 'Succeeded');

    const settled = bench.worker().settleAttempt({ taskId, number: 1 });

    await expect(settled).resolves.toMatchObject({ kind: 'done', state: 'COMPLETE' });
    await expect(bench.pod(taskId)).resolves.toBeUndefined();
  }, 60_000);

  it('is canceled only once that pod is dead', async () => {
    const taskId = await aForgottenPod();
    const uid = (await bench.pod(taskId))?.uid;
    await bench.cancel(taskId);

    await bench.worker().removePod({ taskId, number: 1, intent: { kind: 'cancel' } });

    await expect(recordedUid(taskId)).resolves.toBe(uid);
    const pod = await bench.cluster.until(
      podName({ taskId, number: 1 }),
      ({ deletedAt }) => deletedAt !== undefined,
    );
    expect(pod).toMatchObject({ uid, held: true });
  });
});

describe('a worker that was paused after it had made the pod', () => {
  async function aPausedWorker(taskId: string) {
    const pause = aPause();
    const worker = bench.worker({
      createGated: async (plan) => {
        const made = await bench.cluster.pods.createGated(plan);
        await pause.here();
        return made;
      },
    });
    const ended = worker.ensurePod({ taskId });
    await pause.reached;
    return { ended, release: pause.release };
  }

  it('agrees with the one that took over', async () => {
    const taskId = await bench.aTask();
    const paused = await aPausedWorker(taskId);
    await bench.worker().ensurePod({ taskId });
    const uid = await recordedUid(taskId);

    paused.release();
    await expect(paused.ended).resolves.toMatchObject({ kind: 'ready', number: 1 });
    const pod = await bench.pod(taskId);
    expect(pod).toMatchObject({ uid });
    expect(pod).not.toHaveProperty('deletedAt');
  });

  it('does not delete the pod by force when the task was canceled while that pod ran', async () => {
    const taskId = await bench.aTask({
      executors: [bench.cluster.anExecutor({ command: ['sleep', '300'] })],
    });
    const paused = await aPausedWorker(taskId);
    await bench.worker().ensurePod({ taskId });
    await bench.cancel(taskId);

    paused.release();
    await expect(paused.ended).resolves.toEqual({ kind: 'remove', number: 1 });
    const pod = await bench.pod(taskId);
    expect(pod).toMatchObject({ held: true, gated: false });
    expect(pod).not.toHaveProperty('deletedAt');
  });
});

describe('a worker that was paused before it made the pod', () => {
  it('makes one that never runs and takes it away, when the task is over', async () => {
    const taskId = await bench.aTask();
    const pause = aPause();
    const gates: boolean[] = [];
    const late = bench.worker({
      createGated: async (plan) => {
        await pause.here();
        const made = await bench.cluster.pods.createGated(plan);
        if (made.kind === 'created') gates.push(made.pod.gated);
        return made;
      },
    });
    const ended = late.ensurePod({ taskId });
    await pause.reached;
    await bench.worker().ensurePod({ taskId });
    await bench.cluster.until(podName({ taskId, number: 1 }), ({ phase }) => phase === 'Succeeded');
    await expect(bench.worker().settleAttempt({ taskId, number: 1 })).resolves.toMatchObject({
      kind: 'done',
      state: 'COMPLETE',
    });
    await expect(bench.pod(taskId)).resolves.toBeUndefined();

    pause.release();
    await expect(ended).resolves.toMatchObject({ kind: 'final', state: 'COMPLETE' });
    expect(gates).toEqual([true]);
    await expect(bench.pod(taskId)).resolves.toBeUndefined();
  }, 120_000);
});

describe('a worker that takes an unrecorded pod away', () => {
  it('does not let a paused twin record it afterwards, which would wait in vain for a pod that is gone', async () => {
    const taskId = await bench.aTask();
    const made = aPause();
    const twin = bench.worker({
      ensureSecrets: async (plan, uid) => {
        await made.here();
        return bench.cluster.pods.ensureSecrets(plan, uid);
      },
    });
    const twinEnds = twin.ensurePod({ taskId });
    await made.reached;
    const old = await bench.pod(taskId);

    const discarded = aPause();
    const taker = bench.worker({
      matches: (pod, plan) => pod.uid !== old?.uid && bench.cluster.pods.matches(pod, plan),
      delete: async (name, uid, grace) => {
        if (uid === old?.uid) await discarded.here();
        await bench.cluster.pods.delete(name, uid, grace);
      },
    });
    const takerEnds = taker.ensurePod({ taskId });
    await discarded.reached;
    made.release();
    // The twin is refused and takes the pod away as well: who of them comes first makes no difference.
    await bench.cluster.until(podName({ taskId, number: 1 }), ({ uid }) => uid !== old?.uid);
    discarded.release();

    await expect(Promise.all([takerEnds, twinEnds])).resolves.toMatchObject([
      { kind: 'ready' },
      { kind: 'ready' },
    ]);
    const pod = await bench.pod(taskId);
    expect(pod?.uid).not.toBe(old?.uid);
    await expect(recordedUid(taskId)).resolves.toBe(pod?.uid);
  });
});
