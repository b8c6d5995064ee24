import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { TestStore } from '../../support/store.ts';
import { aDocument, aNewTask, aPool, aSecondStore, openTestStore } from '../../support/store.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const HASH = 'ab'.repeat(32);
const OTHER_HASH = 'cd'.repeat(32);

const age = (hours: number, pattern = '%') =>
  store.rows(
    'update idempotency_keys set created_at = now() - make_interval(hours => $1) where key like $2',
    [hours, pattern],
  );

const countTasks = async (tag: string): Promise<number> => {
  const rows = await store.rows("select from tasks where tags ->> 'test' = $1", [tag]);
  return rows.length;
};

const taggedTask = (test: string, owner = 'ada') =>
  aNewTask({ owner, document: aDocument({ tags: { test } }) });

describe('createOnce', () => {
  it('stores the task with its outbox row and first event, as create does', async () => {
    const task = taggedTask('whole');

    const outcome = await store.tasks.createOnce(task, { key: 'whole', bodyHash: HASH });

    expect(outcome).toEqual({ kind: 'created', id: task.id });
    expect(await store.tasks.get('ada', task.id, 'FULL')).toMatchObject({
      tags: { test: 'whole' },
    });
    expect(await store.outbox.claimOne(task.id)).toEqual({ taskId: task.id, desired: 'start' });
    const events = await store.rows('select from task_events where task_id = $1', [task.id]);
    expect(events).toHaveLength(1);
  });

  it('leads the same key and body to the first task', async () => {
    const key = { key: 'same', bodyHash: HASH };
    const first = taggedTask('same');
    await store.tasks.createOnce(first, key);

    const again = await store.tasks.createOnce(taggedTask('same'), key);

    expect(again).toEqual({ kind: 'repeated', id: first.id });
    expect(await countTasks('same')).toBe(1);
  });

  it('refuses the same key with another body and stores nothing', async () => {
    await store.tasks.createOnce(taggedTask('other'), { key: 'other', bodyHash: HASH });

    const other = await store.tasks.createOnce(taggedTask('other'), {
      key: 'other',
      bodyHash: OTHER_HASH,
    });

    expect(other).toEqual({ kind: 'other-body' });
    expect(await countTasks('other')).toBe(1);
  });

  it('keeps the keys of two owners apart', async () => {
    const key = { key: 'owners', bodyHash: HASH };
    await store.tasks.createOnce(taggedTask('owners'), key);

    const task = taggedTask('owners', 'bob');
    const bobs = await store.tasks.createOnce(task, { key: 'owners', bodyHash: OTHER_HASH });
    const again = await store.tasks.createOnce(taggedTask('owners', 'bob'), {
      key: 'owners',
      bodyHash: OTHER_HASH,
    });

    expect([bobs, again]).toEqual([
      { kind: 'created', id: task.id },
      { kind: 'repeated', id: task.id },
    ]);
  });

  it('creates one task for twins that come at the same time through two processes', async () => {
    const pool = aPool(store.url);
    const other = aSecondStore(pool);
    const key = { key: 'twins', bodyHash: HASH };

    const outcomes = await Promise.all(
      Array.from({ length: 16 }, (_, index) =>
        (index % 2 === 0 ? store : other).tasks.createOnce(taggedTask('twins'), key),
      ),
    );

    const ids = outcomes.map((outcome) => 'id' in outcome && outcome.id);
    expect(new Set(ids).size).toBe(1);
    expect(outcomes.filter((outcome) => outcome.kind === 'created')).toHaveLength(1);
    expect(await countTasks('twins')).toBe(1);
    await pool.end();
  });

  it('lets callers with different keys share commits', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        store.tasks.createOnce(taggedTask('shared'), { key: `shared-${index}`, bodyHash: HASH }),
      ),
    );

    expect(outcomes.filter(({ kind }) => kind === 'created')).toHaveLength(50);
    const [row] = await store.rows(
      "select count(distinct xmin::text)::int as commits from tasks where tags ->> 'test' = 'shared'",
    );
    expect(row?.['commits']).toBeLessThan(10);
  });

  it('answers the same keys to two processes that send them in opposite orders', async () => {
    const pool = aPool(store.url);
    const other = aSecondStore(pool);
    const keys = Array.from({ length: 200 }, (_, index) => ({
      key: `crossing-${index}`,
      bodyHash: HASH,
    }));

    const send = (through: Pick<TestStore, 'tasks'>, sent: typeof keys) =>
      Promise.all(sent.map((key) => through.tasks.createOnce(taggedTask('crossing'), key)));
    const [forwards, backwards] = await Promise.all([
      send(store, keys),
      send(other, keys.toReversed()),
    ]);

    const ids = (outcomes: typeof forwards) =>
      outcomes.map((outcome) => 'id' in outcome && outcome.id);
    expect(ids(backwards.toReversed())).toEqual(ids(forwards));
    expect(await countTasks('crossing')).toBe(keys.length);
    await pool.end();
  });

  it('leaves the key free when the task could not be stored', async () => {
    const stored = taggedTask('failed');
    await store.tasks.create(stored);
    const key = { key: 'failed', bodyHash: HASH };

    await expect(store.tasks.createOnce(stored, key)).rejects.toMatchObject({ code: '23505' });

    const next = await store.tasks.createOnce(taggedTask('failed'), key);
    expect(next.kind).toBe('created');
  });

  it('still knows a key after 23 hours', async () => {
    const key = { key: 'day-old', bodyHash: HASH };
    const first = taggedTask('day-old');
    await store.tasks.createOnce(first, key);
    await age(23, 'day-old');

    const again = await store.tasks.createOnce(taggedTask('day-old'), key);

    expect(again).toEqual({ kind: 'repeated', id: first.id });
  });

  it('takes a key of more than 24 hours ago as new, also with another body', async () => {
    await store.tasks.createOnce(taggedTask('stale'), { key: 'stale', bodyHash: HASH });
    await age(25, 'stale');
    const second = taggedTask('stale');

    const outcome = await store.tasks.createOnce(second, { key: 'stale', bodyHash: OTHER_HASH });

    const again = await store.tasks.createOnce(taggedTask('stale'), {
      key: 'stale',
      bodyHash: OTHER_HASH,
    });

    expect(outcome).toEqual({ kind: 'created', id: second.id });
    expect(again).toEqual({ kind: 'repeated', id: second.id });
  });
});

describe('pruneKeys', () => {
  it('deletes no more than asked, and no key that must still be known', async () => {
    for (const key of ['p-1', 'p-2', 'p-3', 'fresh']) {
      await store.tasks.createOnce(taggedTask(key), { key, bodyHash: HASH });
    }
    await age(1);
    await age(30, 'p-%');

    const counts = [
      await store.retention.pruneKeys(2),
      await store.retention.pruneKeys(2),
      await store.retention.pruneKeys(2),
    ];

    expect(counts).toEqual([2, 1, 0]);
    expect(await store.rows("select from idempotency_keys where key = 'fresh'")).toHaveLength(1);
  });
});
