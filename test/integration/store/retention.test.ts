import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { isFinal, TASK_STATES } from '../../../src/tes/state.ts';
import {
  aNewTask,
  aRetry,
  aSettlement,
  openTestStore,
  type TestStore,
} from '../../support/store.ts';

const FINAL = TASK_STATES.filter(isFinal);

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

  async function sweep(before = later()): Promise<number> {
    const { deleted } = await store.retention.deleteEnded(before, { limit: 10 });
    return deleted;
  }

  async function left(): Promise<unknown[]> {
    return (await store.rows('select id from tasks order by id')).map(({ id }) => id);
  }

  it('deletes an ended task with all that belongs to it', async () => {
    await anEndedTask();
    const ended = await store.attempts.end(await aQueuedTask(), 'SYSTEM_ERROR', 'No luck.');
    expect(ended).toBe('SYSTEM_ERROR');

    expect(await sweep()).toBe(2);

    for (const table of ['tasks', 'task_documents', 'attempts', 'task_events', 'outbox']) {
      expect(await store.rows(`select from ${table}`)).toEqual([]);
    }
  });

  it.each(FINAL)('deletes a task that ended %s', async (state) => {
    const id = await anEndedTask();
    await store.rows('update tasks set state = $2 where id = $1', [id, state]);

    expect(await sweep()).toBe(1);
  });

  it('keeps what is not final', async () => {
    const queued = await aQueuedTask();
    const opened = await aQueuedTask();
    await store.attempts.open(opened);

    expect(await sweep()).toBe(0);
    expect(await left()).toEqual([queued, opened]);
  });

  it('keeps a final task as long as one of its attempts is not proven dead', async () => {
    const unproven = await anEndedTask({ provenDead: false });
    await anEndedTask();

    expect(await sweep()).toBe(1);
    expect(await left()).toEqual([unproven]);

    await store.attempts.markProvenDead(unproven, 1);
    expect(await sweep()).toBe(1);
  });

  it('keeps a final task whose earlier attempt is not proven dead', async () => {
    const id = await aQueuedTask();
    await store.attempts.open(id);
    await store.attempts.recordUid(id, 1, 'uid');
    await store.attempts.settle(id, 1, aRetry({ provenDead: false }));
    await store.attempts.end(id, 'SYSTEM_ERROR', 'The pod was never proven dead.');

    expect(await sweep()).toBe(0);
  });

  it('keeps a final task with an open attempt', async () => {
    const id = await anEndedTask();
    await store.rows('update attempts set settled_at = null where task_id = $1', [id]);

    expect(await sweep()).toBe(0);
  });

  it('counts from the end of a task, not from its creation', async () => {
    const id = await anEndedTask();
    await store.rows(`update tasks set created_at = now() - interval '90 days' where id = $1`, [
      id,
    ]);

    expect(await sweep(new Date(Date.now() - 60_000))).toBe(0);
    expect(await left()).toEqual([id]);
  });

  it('deletes in batches, the oldest first, each from where the one before ended', async () => {
    const ids = [
      await anEndedTask({ provenDead: false }),
      await anEndedTask(),
      await anEndedTask(),
    ];

    const first = await store.retention.deleteEnded(later(), { limit: 2 });
    expect(first).toEqual({ deleted: 1, next: ids[1] });
    expect(await left()).toEqual([ids[0], ids[2]]);

    const second = await store.retention.deleteEnded(later(), { after: first.next, limit: 2 });
    expect(second).toEqual({ deleted: 1 });
    expect(await left()).toEqual([ids[0]]);
  });

  it('looks at no task that is younger than the time', async () => {
    await anEndedTask();
    const before = new Date(Date.now() - 60_000);

    expect(await store.retention.deleteEnded(before, { limit: 1 })).toEqual({ deleted: 0 });
  });

  it('passes over a task that somebody has locked', async () => {
    const [locked] = [await anEndedTask(), await anEndedTask()];
    const client = await store.pool.connect();
    try {
      await client.query('begin');
      await client.query('select from tasks where id = $1 for update', [locked]);

      expect(await sweep()).toBe(1);
      expect(await left()).toEqual([locked]);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});
