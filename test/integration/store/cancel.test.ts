import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 } from 'uuid';

import {
  AMPLE,
  aNewTask,
  aSettlement,
  openTestStore,
  type TestStore,
} from '../../support/store.ts';

describe('cancel', () => {
  let store: TestStore;
  beforeAll(async () => {
    store = await openTestStore();
  });
  afterAll(() => store.close());

  async function aTask(): Promise<string> {
    const task = aNewTask();
    await store.tasks.create(task);
    return task.id;
  }

  async function stateOf(id: string): Promise<string | undefined> {
    return (await store.tasks.get('ada', id, 'MINIMAL'))?.state;
  }

  it('ends a task at once whose start was never claimed, and forgets its outbox row', async () => {
    const id = await aTask();

    expect(await store.tasks.cancel('ada', id)).toEqual({ kind: 'canceled' });

    expect(await stateOf(id)).toBe('CANCELED');
    expect(await store.outbox.claimOne(id)).toBeUndefined();
    const full = await store.tasks.get('ada', id, 'FULL');
    expect(full?.logs?.[0]?.system_logs).toEqual(['The task was canceled before it was started.']);
  });

  it('records the wish of a task whose start was claimed, and wants its workflow cancelled', async () => {
    const id = await aTask();
    await store.outbox.claimOne(id);
    await store.outbox.markDispatched([id]);

    expect(await store.tasks.cancel('ada', id)).toEqual({ kind: 'canceling' });

    expect(await stateOf(id)).toBe('CANCELING');
    expect((await store.outbox.claim(100, AMPLE)).claimed).toContainEqual({
      taskId: id,
      desired: 'cancel',
    });
  });

  it('changes nothing when asked twice', async () => {
    const id = await aTask();
    await store.outbox.claimOne(id);
    await store.tasks.cancel('ada', id);
    const before = await store.rows('select * from tasks where id = $1', [id]);

    expect(await store.tasks.cancel('ada', id)).toEqual({ kind: 'canceling' });

    expect(await store.rows('select * from tasks where id = $1', [id])).toEqual(before);
  });

  it('says that a final task is final', async () => {
    const id = await aTask();
    await store.attempts.open(id);
    await store.attempts.settle(id, 1, aSettlement());

    expect(await store.tasks.cancel('ada', id)).toEqual({ kind: 'final' });

    expect(await stateOf(id)).toBe('COMPLETE');
  });

  it('knows neither a foreign task nor nonsense', async () => {
    const id = await aTask();

    for (const [owner, task] of [
      ['eve', id],
      ['ada', v7()],
      ['ada', 'nonsense'],
    ] as const) {
      expect(await store.tasks.cancel(owner, task)).toEqual({ kind: 'not-found' });
    }
    expect(await stateOf(id)).toBe('QUEUED');
  });

  it('is not hidden by the end of a start that was in flight', async () => {
    const id = await aTask();
    await store.outbox.claimOne(id);
    await store.tasks.cancel('ada', id);

    await store.outbox.markDispatched([id]);

    expect((await store.outbox.claim(100, AMPLE)).claimed).toContainEqual({
      taskId: id,
      desired: 'cancel',
    });
    await store.outbox.markDispatched([id]);
    expect(await store.outbox.claimOne(id)).toBeUndefined();
  });

  it('came through Temporal: the wish is recorded and nothing is left to be told', async () => {
    const id = await aTask();
    await store.outbox.claimOne(id);

    await store.attempts.recordWish(id);
    await store.attempts.recordWish(id);

    expect(await stateOf(id)).toBe('CANCELING');
    expect(await store.outbox.claimOne(id)).toBeUndefined();
    expect(await store.rows('select from task_events where task_id = $1', [id])).toHaveLength(2);
  });

  it('loses against a claim that commits first', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => aTask()));

    await Promise.all(
      ids.map(async (id) => {
        const [claimed, outcome] = await Promise.all([
          store.outbox.claimOne(id),
          store.tasks.cancel('ada', id),
        ]);
        expect(outcome.kind).toBe(claimed ? 'canceling' : 'canceled');
      }),
    );
  });
});
