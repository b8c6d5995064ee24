import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkflowFailedError } from '@temporalio/client';

import { createWorkflowBench } from '../support/workflow-run.ts';

let bench: Awaited<ReturnType<typeof createWorkflowBench>>;

beforeAll(async () => {
  bench = await createWorkflowBench();
}, 60_000);

afterAll(async () => {
  await bench.close();
});

const HOUR = 3_600_000;
const ready = { kind: 'ready', number: 1, wakeInMs: HOUR } as const;
const complete = { kind: 'done', state: 'COMPLETE' } as const;
const canceled = { kind: 'done', state: 'CANCELED' } as const;

describe('runTask', () => {
  it('runs a task with three activities and at most 26 history events when nothing goes wrong', async () => {
    const run = await bench.withWorker(
      { ensurePod: [ready], settleAttempt: [complete] },
      async (run) => {
        await run.called('awaitPod');
        expect(await run.complete(1, 'ended')).toBe(true);
        expect(await run.handle.result()).toBe('COMPLETE');
      },
    );

    expect(run.names()).toEqual(['ensurePod', 'awaitPod', 'settleAttempt']);
    const { events } = await run.handle.fetchHistory();
    expect(events?.length).toBeLessThanOrEqual(26);
  });

  it('goes on waiting with what it has seen when the pod got worse but has not ended', async () => {
    const run = await bench.withWorker(
      {
        ensurePod: [ready],
        awaitPod: ['trouble'],
        settleAttempt: [{ kind: 'wait', seen: 'trouble', wakeInMs: HOUR }, complete],
      },
      async (run) => {
        await run.called('awaitPod', 2);
        await run.complete(1, 'ended');
        await run.handle.result();
      },
    );

    expect(run.calls.filter((call) => call.activity === 'awaitPod').at(-1)?.input).toMatchObject({
      number: 1,
      seen: 'trouble',
    });
  });

  it('answers a cancel by recording the wish, deleting the pod, and awaiting the same activity', async () => {
    const run = await bench.withWorker(
      {
        ensurePod: [ready],
        settleAttempt: [{ kind: 'wait', seen: 'fresh', wakeInMs: HOUR }, canceled],
      },
      async (run) => {
        await run.called('awaitPod');
        await run.handle.cancel();
        await run.called('settleAttempt');
        expect(await run.complete(1, 'ended')).toBe(true);
        await expect(run.handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
      },
    );

    expect(run.names()).toEqual([
      'ensurePod',
      'awaitPod',
      'recordWish',
      'removePod',
      'settleAttempt',
      'settleAttempt',
    ]);
    expect((await run.handle.describe()).status.name).toBe('CANCELLED');
  });

  it('records a cancel that came before the first workflow task before it asks for a pod', async () => {
    const run = await bench.withWorker(
      { ensurePod: [{ kind: 'final', state: 'CANCELED' }] },
      async (run) => {
        await expect(run.handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
      },
      {
        beforeWorker: async (handle) => {
          await handle.cancel();
        },
      },
    );

    expect(run.names()).toEqual(['recordWish', 'ensurePod']);
  });

  it('answers a cancel within seconds while no pod can be made, and records the wish before', async () => {
    const stuck = Promise.withResolvers<never>();
    let asked = 0;
    const run = await bench.withWorker(
      { ensurePod: [{ kind: 'final', state: 'CANCELED' }] },
      async (run) => {
        await run.handle.query('__stack_trace');
        await run.handle.cancel();
        await expect(run.handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
        stuck.reject(new Error('the quota is used up'));
      },
      {
        around: (activities) => ({
          ...activities,
          ensurePod: (input) => {
            asked += 1;
            return asked === 1 ? stuck.promise : activities.ensurePod(input);
          },
        }),
      },
    );
    expect(run.names()).toEqual(['recordWish', 'ensurePod']);
    // The try was left behind: nobody waited until it timed out.
    const { events } = await run.handle.fetchHistory();
    const left = (events ?? []).flatMap(
      ({ activityTaskCancelRequestedEventAttributes: request }) => request ?? [],
    );
    expect(left).toHaveLength(1);
  });

  it('ends COMPLETE when the pod had finished its work before the cancel', async () => {
    await bench.withWorker({ ensurePod: [ready], settleAttempt: [complete] }, async (run) => {
      await run.called('awaitPod');
      await run.handle.cancel();
      expect(await run.handle.result()).toBe('COMPLETE');
    });
  });

  it('looks at the pod when a deadline passes and deletes it with the reason it is given', async () => {
    const intent = { kind: 'deadline', deadline: 'queue' } as const;
    const run = await bench.withWorker(
      {
        ensurePod: [{ ...ready, wakeInMs: 50 }],
        settleAttempt: [
          { kind: 'delete', intent },
          { kind: 'done', state: 'SYSTEM_ERROR' },
        ],
      },
      async (run) => {
        expect(await run.handle.result()).toBe('SYSTEM_ERROR');
      },
    );

    expect(run.names()).toEqual([
      'ensurePod',
      'awaitPod',
      'settleAttempt',
      'removePod',
      'settleAttempt',
    ]);
    expect(run.calls.at(3)?.input).toMatchObject({ number: 1, intent });
  });

  it('opens the next attempt after the pause it is told, with an await of its own', async () => {
    const run = await bench.withWorker(
      {
        ensurePod: [ready, { ...ready, number: 2 }],
        settleAttempt: [{ kind: 'next', backoffMs: 10 }, complete],
      },
      async (run) => {
        await run.called('awaitPod');
        await run.complete(1, 'ended');
        await run.called('awaitPod', 2);
        expect(await run.complete(1, 'ended')).toBe(false);
        expect(await run.complete(2, 'ended')).toBe(true);
        expect(await run.handle.result()).toBe('COMPLETE');
      },
    );

    expect(run.calls.at(-1)?.input).toMatchObject({ number: 2 });
  });

  it('only cleans up when it finds its row final', async () => {
    const run = await bench.withWorker(
      { ensurePod: [{ kind: 'final', state: 'COMPLETE', number: 3 }], settleAttempt: [complete] },
      async (run) => {
        expect(await run.handle.result()).toBe('COMPLETE');
      },
    );

    expect(run.names()).toEqual(['ensurePod', 'settleAttempt']);
    expect(run.calls.at(1)?.input).toEqual({ taskId: run.taskId, number: 3 });
  });

  it('removes the pod of an attempt that was open when the cancel was asked', async () => {
    const run = await bench.withWorker(
      { ensurePod: [{ kind: 'remove', number: 1 }], settleAttempt: [canceled] },
      async (run) => {
        await run.handle.result();
      },
    );

    expect(run.names()).toEqual(['ensurePod', 'removePod', 'settleAttempt']);
  });
});
