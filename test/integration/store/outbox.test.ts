import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import {
  AMPLE,
  aNewTask,
  aSettlement,
  openTestStore,
  type TestStore,
} from '../../support/store.ts';

describe('OutboxStore', () => {
  let store: TestStore;
  beforeAll(async () => {
    store = await openTestStore();
  });
  beforeEach(async () => {
    await store.rows('delete from tasks');
    await store.makeRoom();
  });
  afterAll(() => store.close());

  async function someTasks(count: number): Promise<string[]> {
    const tasks = Array.from({ length: count }, () => aNewTask());
    // Stored in another order than their ids have, so that no order comes about by chance.
    for (const task of tasks.toReversed()) await store.tasks.create(task);
    return tasks.map(({ id }) => id);
  }

  async function expireClaims(): Promise<void> {
    await store.rows("update outbox set claim_expires_at = now() - interval '1 ms'");
  }

  it('claims the oldest rows first and each row once', async () => {
    const ids = await someTasks(5);

    expect((await store.outbox.claim(2, AMPLE)).claimed.map(({ taskId }) => taskId)).toEqual(
      ids.slice(0, 2),
    );
    expect((await store.outbox.claim(9, AMPLE)).claimed.map(({ taskId }) => taskId)).toEqual(
      ids.slice(2),
    );
    expect((await store.outbox.claim(9, AMPLE)).claimed).toEqual([]);
  });

  it('gives concurrent claimers different rows', async () => {
    const ids = await someTasks(40);

    const claims = await Promise.all(Array.from({ length: 8 }, () => store.outbox.claim(5, AMPLE)));

    const taken = claims.flatMap(({ claimed }) => claimed).map(({ taskId }) => taskId);
    expect(new Set(taken).size).toBe(taken.length);
    const { claimed: rest } = await store.outbox.claim(40, AMPLE);
    expect([...taken, ...rest.map(({ taskId }) => taskId)].toSorted()).toEqual(ids);
  });

  it('does not wait for a row that somebody else holds', async () => {
    const [held, free] = await someTasks(2);
    const holder = await store.pool.connect();
    await holder.query('begin');
    await holder.query('select from outbox where task_id = $1 for update', [held]);

    const { claimed } = await store.outbox.claim(2, AMPLE);
    await holder.query('rollback');
    holder.release();

    expect(claimed).toEqual([{ taskId: free, desired: 'start' }]);
  });

  it('claims for 30 seconds of database time, and again after that', async () => {
    const [id = ''] = await someTasks(1);
    await store.outbox.claim(1, AMPLE);

    const rows = await store.rows(
      "select claim_expires_at - now() between interval '25 s' and interval '30 s' as held from outbox",
    );
    expect(rows).toEqual([{ held: true }]);
    expect(await store.outbox.claimOne(id)).toBeUndefined();

    await expireClaims();
    expect(await store.outbox.claimOne(id)).toEqual({ taskId: id, desired: 'start' });
    expect(await store.rows('select claims from outbox')).toEqual([{ claims: 2 }]);
  });

  it('never claims again what was dispatched', async () => {
    const [id = ''] = await someTasks(1);
    await store.outbox.claim(1, AMPLE);
    await store.outbox.markDispatched([id]);
    await expireClaims();

    expect((await store.outbox.claim(1, AMPLE)).claimed).toEqual([]);
    expect(await store.outbox.claimOne(id)).toBeUndefined();
  });

  it('keeps the row of a dispatched task until the task is final', async () => {
    const [id = ''] = await someTasks(1);
    await store.outbox.claim(1, AMPLE);
    await store.outbox.markDispatched([id]);
    expect(await store.rows('select from outbox')).toHaveLength(1);

    await store.attempts.open(id);
    await store.attempts.settle(id, 1, aSettlement());

    expect(await store.rows('select from outbox')).toHaveLength(0);
  });

  it('refuses to claim nonsense', async () => {
    expect(await store.outbox.claimOne('nonsense')).toBeUndefined();
  });

  it('dispatches an open task once more when its dispatch is long ago, and never a final one', async () => {
    const tasks = [aNewTask(), aNewTask(), aNewTask()] as const;
    for (const task of tasks) await store.tasks.create(task);
    const [old, recent, final] = [tasks[0].id, tasks[1].id, tasks[2].id];
    for (const id of [old, recent, final]) await store.outbox.claimOne(id);
    await store.outbox.markDispatched([old, recent, final]);
    await store.attempts.end(final, 'SYSTEM_ERROR', 'ended by this test');
    await store.rows(
      "update outbox set dispatched_at = now() - interval '3 minutes' where task_id = any($1)",
      [[old, final]],
    );

    await store.outbox.revive(100);

    expect(await store.outbox.claimOne(old)).toEqual({ taskId: old, desired: 'start' });
    expect(await store.outbox.claimOne(recent)).toBeUndefined();
    expect(await store.outbox.claimOne(final)).toBeUndefined();
  });
});
