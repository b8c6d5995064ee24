/** A database that was set back to an older time: its open tasks have long ended, their pods are gone. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { podName } from '../../../src/tes/attempt.ts';
import { type CollectorBench, openCollectorBench } from '../../support/collector-bench.ts';

let bench: CollectorBench;

beforeAll(async () => {
  bench = await openCollectorBench();
});

afterAll(() => bench.close());

describe('a task that is open again although its workflow is closed', () => {
  it('ends in one round when its pod is gone, and what nothing proves stays a debt', async () => {
    const taskId = await bench.aTask();
    await bench.worker().ensurePod({ taskId });
    const pod = await bench.cluster.until(
      podName({ taskId, number: 1 }),
      ({ phase }) => phase === 'Succeeded',
    );
    await bench.cluster.pods.delete(pod.name, pod.uid);
    await bench.cluster.pods.release(pod.name, pod.uid);
    await bench.openWorkflow(taskId);
    await bench.closeWorkflow(taskId);

    const { outcomes } = await bench.collect({}, { suspects: [taskId] });
    expect(outcomes).toEqual(['done']);
    const task = await bench.store.tasks.get('ada', taskId, 'FULL');
    expect(task?.state).toBe('SYSTEM_ERROR');
    expect(task?.logs?.at(-1)?.system_logs?.at(-1)).toContain('lost sight of pod');
    await expect(bench.store.administration.countDebts()).resolves.toBe(1);
  }, 120_000);
});
