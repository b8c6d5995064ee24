import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { StuckReason } from '../../../src/store/ports.ts';
import {
  aNewTask,
  aRetry,
  aSettlement,
  openTestStore,
  type TestStore,
} from '../../support/store.ts';

const DAY_MS = 86_400_000;
const DEADLINES = { queueMs: 7 * DAY_MS, totalMs: 30 * DAY_MS };

let store: TestStore;
beforeEach(async () => {
  store = await openTestStore();
});
afterEach(() => store.close());

const create = async (): Promise<string> => {
  const task = aNewTask();
  await store.tasks.create(task);
  return task.id;
};

const dispatched = async (): Promise<string> => {
  const id = await create();
  await store.outbox.claimOne(id);
  await store.outbox.markDispatched([id]);
  return id;
};

/** A dispatched task with an open attempt and its pod. */
const begun = async (): Promise<string> => {
  const id = await dispatched();
  await store.attempts.open(id);
  await store.attempts.recordUid(id, 1, `uid-${id}`);
  return id;
};

/** Moves everything that happened to a task into the past. */
const age = async (id: string, interval: string): Promise<void> => {
  const past = (column: string) => `${column} = ${column} - interval '${interval}'`;
  await store.rows(
    `update tasks set ${past('created_at')}, ${past('cancel_asked_at')} where id = $1`,
    [id],
  );
  await store.rows(`update outbox set ${past('dispatched_at')} where task_id = $1`, [id]);
  const columns = ['opened_at', 'settled_at', 'proven_dead_at'].map(past).join(', ');
  await store.rows(`update attempts set ${columns} where task_id = $1`, [id]);
};

const read = () => store.statistics.read(DEADLINES);

describe('statistics', () => {
  it('are zero where there is nothing', async () => {
    expect(await read()).toEqual({
      openTasks: {},
      storedTasks: {},
      stuckTasks: {},
      outboxRows: 0,
      outboxAgeSeconds: 0,
      openAttempts: 0,
      unprovenAttempts: 0,
      podsAlive: 0,
      inlineBytesAlive: 0,
      heldTasks: {},
    });
  });

  it('count open tasks by state, and never those that ended', async () => {
    await create();
    await begun();
    const canceling = await begun();
    await store.tasks.cancel('ada', canceling);
    const ended = await begun();
    await store.attempts.settle(ended, 1, aSettlement());

    expect(await read()).toMatchObject({
      openTasks: { QUEUED: 2, CANCELING: 1 },
      openAttempts: 2,
      unprovenAttempts: 0,
      podsAlive: 2,
      inlineBytesAlive: 0,
      heldTasks: {},
    });
  });

  it('tell how many tasks Temporal does not know of, and for how long', async () => {
    await dispatched();
    await age(await create(), '90 seconds');
    await create();

    const { outboxRows, outboxAgeSeconds } = await read();

    expect(outboxRows).toBe(2);
    expect(outboxAgeSeconds).toBeGreaterThanOrEqual(90);
    expect(outboxAgeSeconds).toBeLessThan(150);
  });

  it('take the age of a cancel from the wish, not from the task', async () => {
    const id = await begun();
    await age(id, '1 day');
    await store.tasks.cancel('ada', id);

    const { outboxRows, outboxAgeSeconds } = await read();

    expect(outboxRows).toBe(1);
    expect(outboxAgeSeconds).toBeLessThan(60);
  });

  it('count attempts without proof of death as debts, also of tasks that ended', async () => {
    const id = await begun();
    await store.attempts.settle(id, 1, aSettlement({ provenDead: false }));

    expect(await read()).toMatchObject({ openTasks: {}, openAttempts: 0, unprovenAttempts: 1 });
  });

  it('estimate stored tasks by state once Postgres has analyzed them', async () => {
    for (let count = 0; count < 3; count += 1) await create();
    const ended = await begun();
    await store.attempts.settle(ended, 1, aSettlement());
    await store.rows('analyze tasks');

    expect((await read()).storedTasks).toMatchObject({ QUEUED: 3 });
  });
});

describe('a task', () => {
  const canceled = async () => {
    const id = await begun();
    await store.tasks.cancel('ada', id);
    return id;
  };
  const settled = async () => {
    const id = await begun();
    await store.attempts.settle(id, 1, aRetry());
    return id;
  };
  const retried = async () => {
    const id = await settled();
    await store.attempts.open(id);
    return id;
  };

  it.each<[string, StuckReason, () => Promise<string>]>([
    ['its workflow was started and no attempt begun', 'not-begun', dispatched],
    ['its attempt ended and neither it nor another attempt followed', 'attempt-ended', settled],
    ['its cancel was asked and it is still open', 'cancel', canceled],
  ])('is stuck five minutes after %s', async (_title, reason, make) => {
    const id = await make();

    await age(id, '4 minutes');
    const before = await read();
    await age(id, '70 seconds');
    const after = await read();

    expect(before.stuckTasks).toEqual({});
    expect(after.stuckTasks).toEqual({ [reason]: 1 });
  });

  it.each<[string, string, () => Promise<string>]>([
    ['total', '30 days 5 minutes', begun],
    ['queue', '7 days 5 minutes', create],
    ['queue', '7 days 5 minutes', retried],
  ])('is stuck five minutes after its %s deadline', async (_kind, interval, make) => {
    const id = await make();
    const before = await read();
    await age(id, interval);

    expect(before.stuckTasks).toEqual({});
    expect((await read()).stuckTasks).toEqual({ deadline: 1 });
  });

  it('is not stuck while it waits in the outbox, runs, or has ended', async () => {
    const running = await begun();
    const uid = `uid-${running}`;
    await store.projection.advance([
      { taskId: running, number: 1, uid, state: 'RUNNING', at: new Date() },
    ]);
    const ended = await begun();
    await store.attempts.settle(ended, 1, aSettlement());
    for (const id of [running, ended]) await age(id, '20 days');
    await age(await create(), '6 days');

    expect((await read()).stuckTasks).toEqual({});
  });
});
