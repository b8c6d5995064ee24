import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aDocument, aNewTask, openTestStore, type TestStore } from '../../support/store.ts';

describe('tasks that are created at once', () => {
  let store: TestStore;
  beforeAll(async () => {
    store = await openTestStore();
  });
  afterAll(() => store.close());

  it('share commits', async () => {
    const tasks = Array.from({ length: 50 }, () => aNewTask({ owner: 'sharing' }));
    await Promise.all(tasks.map((task) => store.tasks.create(task)));

    const [row] = await store.rows(
      `select count(*)::int as tasks, count(distinct xmin::text)::int as commits
       from tasks where owner = 'sharing'`,
    );

    expect(row?.['tasks']).toBe(50);
    expect(row?.['commits']).toBeLessThan(10);
  });

  it('are each stored whole', async () => {
    const odd = '{"a\\": \u0000 \ud800 \' \n ☃'.repeat(20);
    const tasks = Array.from({ length: 20 }, (_, index) =>
      aNewTask({
        owner: 'whole',
        document: aDocument({
          ...(index % 3 > 0 && { name: `${index}${odd}` }),
          description: odd,
          tags: { [odd]: `${index}` },
        }),
        warnings: [odd],
      }),
    );
    await Promise.all(tasks.map((task) => store.tasks.create(task)));

    for (const { id, document } of tasks) {
      const shown = await store.tasks.get('whole', id, 'FULL');
      expect(shown).toMatchObject({ id, ...document });
    }
    const page = await store.tasks.list('whole', {
      tags: [{ key: odd, value: '7' }],
      pageSize: 5,
      view: 'MINIMAL',
    });
    expect(page.tasks.map(({ id }) => id)).toEqual([tasks[7]?.id]);
  });

  it('do not fail because one of them does', async () => {
    const taken = aNewTask({ owner: 'mixed' });
    await store.tasks.create(taken);
    const good = Array.from({ length: 20 }, () => aNewTask({ owner: 'mixed' }));

    const created = await Promise.allSettled(
      [...good.slice(0, 10), taken, ...good.slice(10)].map((task) => store.tasks.create(task)),
    );

    expect(created.map(({ status }) => status).filter((status) => status === 'rejected')).toEqual([
      'rejected',
    ]);
    expect(created[10]?.status).toBe('rejected');
    const page = await store.tasks.list('mixed', { tags: [], pageSize: 100, view: 'MINIMAL' });
    expect(page.tasks).toHaveLength(21);
  });
});
