import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import {
  aNewTask,
  aRetry,
  aSettlement,
  openTestStore,
  type TestStore,
} from '../../support/store.ts';

describe('retention', () => {
  let store: TestStore;
  beforeAll(async () => {
    store = await openTestStore();
  });
  beforeEach(async () => {
    await store.rows('delete from tasks');
  });
  afterAll(() => store.close());

  async function aQueuedTask(): Promise<string> {
    const task = aNewTask();
    await store.tasks.create(task);
    return task.id;
  }

  async function anEndedTask({ provenDead = true } = {}): Promise<string> {
    const id = await aQueuedTask();
    await store.attempts.open(id);
    await store.attempts.recordUid(id, 1, `uid-${id}`);
    await store.attempts.settle(id, 1, aSettlement({ provenDead }));
    return id;
  }

  const later = () => new Date(Date.now() + 60_000);

  async function left(): Promise<unknown[]> {
    return (await store.rows('select id from tasks order by id')).map(({ id }) => id);
  }

  it('deletes an ended task with all that belongs to it', async () => {
    await anEndedTask();
    const ended = await store.attempts.end(await aQueuedTask(), 'SYSTEM_ERROR', 'No luck.');
    expect(ended).toBe('SYSTEM_ERROR');

    expect(await store.retention.deleteEnded(later(), 10)).toBe(2);

    for (const table of ['tasks', 'task_documents', 'attempts', 'task_events', 'outbox']) {
      expect(await store.rows(`select from ${table}`)).toEqual([]);
    }
  });

  it('keeps what is not final', async () => {
    const queued = await aQueuedTask();
    const opened = await aQueuedTask();
    await store.attempts.open(opened);

    expect(await store.retention.deleteEnded(later(), 10)).toBe(0);
    expect(await left()).toEqual([queued, opened]);
  });

  it('keeps a final task as long as one of its attempts is not proven dead', async () => {
    const unproven = await anEndedTask({ provenDead: false });
    await anEndedTask();

    expect(await store.retention.deleteEnded(later(), 10)).toBe(1);
    expect(await left()).toEqual([unproven]);

    await store.attempts.markProvenDead(unproven, 1);
    expect(await store.retention.deleteEnded(later(), 10)).toBe(1);
  });

  it('keeps a final task whose earlier attempt is not proven dead', async () => {
    const id = await aQueuedTask();
    await store.attempts.open(id);
    await store.attempts.recordUid(id, 1, 'uid');
    await store.attempts.settle(id, 1, aRetry({ provenDead: false }));
    await store.attempts.end(id, 'SYSTEM_ERROR', 'The pod was never proven dead.');

    expect(await store.retention.deleteEnded(later(), 10)).toBe(0);
  });

  it('keeps a final task with an open attempt', async () => {
    const id = await anEndedTask();
    await store.rows('update attempts set settled_at = null where task_id = $1', [id]);

    expect(await store.retention.deleteEnded(later(), 10)).toBe(0);
  });

  it('counts from the end of a task, not from its creation', async () => {
    const id = await anEndedTask();
    await store.rows(`update tasks set created_at = now() - interval '90 days' where id = $1`, [
      id,
    ]);

    expect(await store.retention.deleteEnded(new Date(Date.now() - 60_000), 10)).toBe(0);
    expect(await left()).toEqual([id]);
  });

  it('deletes in batches, the oldest first', async () => {
    const ids = [await anEndedTask(), await anEndedTask(), await anEndedTask()];

    expect(await store.retention.deleteEnded(later(), 2)).toBe(2);
    expect(await left()).toEqual(ids.slice(2));
  });

  it('passes over a task that somebody has locked', async () => {
    const [locked] = [await anEndedTask(), await anEndedTask()];
    const client = await store.pool.connect();
    try {
      await client.query('begin');
      await client.query('select from tasks where id = $1 for update', [locked]);

      expect(await store.retention.deleteEnded(later(), 10)).toBe(1);
      expect(await left()).toEqual([locked]);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});
