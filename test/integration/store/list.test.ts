import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { ListQuery } from '../../../src/tes/list-query.ts';
import { decodePageToken } from '../../../src/tes/page-token.ts';
import type { TaskDocument } from '../../../src/tes/task.ts';
import {
  aDocument,
  aNewTask,
  aSettlement,
  openTestStore,
  type TestStore,
} from '../../support/store.ts';

describe('list', () => {
  let store: TestStore;
  beforeAll(async () => {
    store = await openTestStore();
  });
  beforeEach(async () => {
    await store.rows('delete from tasks');
  });
  afterAll(() => store.close());

  async function aTask(members: Partial<TaskDocument> = {}): Promise<string> {
    const task = aNewTask({ document: aDocument(members) });
    await store.tasks.create(task);
    return task.id;
  }

  async function list(query: Partial<ListQuery> = {}): Promise<string[]> {
    const page = await store.tasks.list('ada', {
      tags: [],
      pageSize: 100,
      view: 'MINIMAL',
      ...query,
    });
    return page.tasks.map(({ id }) => id);
  }

  async function walk(pageSize: number, between?: () => Promise<unknown>): Promise<string[]> {
    const seen: string[] = [];
    let query: ListQuery | undefined = { tags: [], pageSize, view: 'MINIMAL' };
    while (query !== undefined) {
      const page = await store.tasks.list('ada', query);
      seen.push(...page.tasks.map(({ id }) => id));
      const token = page.nextPageToken;
      query = token === undefined ? undefined : { ...query, pageToken: decodePageToken(token) };
      await between?.();
    }
    return seen;
  }

  it('shows the newest task first', async () => {
    const [one, two, three] = [await aTask(), await aTask(), await aTask()];

    expect(await list()).toEqual([three, two, one]);
  });

  it('shows the tasks of the owner only', async () => {
    await store.tasks.create(aNewTask({ owner: 'eve' }));
    const own = await aTask();

    expect(await list()).toEqual([own]);
  });

  it('gives a token exactly as long as there are more tasks', async () => {
    for (let count = 0; count < 4; count += 1) await aTask();
    const query: ListQuery = { tags: [], pageSize: 2, view: 'MINIMAL' };

    const first = await store.tasks.list('ada', query);
    const pageToken = decodePageToken(first.nextPageToken ?? '');
    const second = await store.tasks.list('ada', { ...query, pageToken });

    expect(first.tasks).toHaveLength(2);
    expect(second.tasks).toHaveLength(2);
    expect(second.nextPageToken).toBeUndefined();
  });

  it('shows no task twice and misses none of the old ones while tasks keep coming', async () => {
    const old = [];
    for (let count = 0; count < 25; count += 1) old.push(await aTask());

    const seen = await walk(4, () => aTask());

    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(old.toReversed());
  });

  it('separates tasks of one microsecond by their ids', async () => {
    const ids = [];
    for (let count = 0; count < 7; count += 1) ids.push(await aTask());
    await store.rows("update tasks set created_at = '2026-01-01T00:00:00.123457Z'");

    expect(await walk(2)).toEqual(ids.toReversed());
  });

  it('separates tasks of one millisecond by their microseconds', async () => {
    const [late, early] = [await aTask(), await aTask()];
    const set = 'update tasks set created_at = $2 where id = $1';
    await store.rows(set, [late, '2026-01-01T00:00:00.123457Z']);
    await store.rows(set, [early, '2026-01-01T00:00:00.123456Z']);

    expect(await walk(1)).toEqual([late, early]);
  });

  it('filters by a prefix of the name, in which nothing is a wildcard', async () => {
    const percent = await aTask({ name: '100%_done\\' });
    await aTask({ name: '100 percent' });
    await aTask();

    expect(await list({ namePrefix: '100%_done\\' })).toEqual([percent]);
    expect(await list({ namePrefix: '100' })).toHaveLength(2);
    expect(await list({ namePrefix: '_00' })).toEqual([]);
  });

  it('filters by state', async () => {
    const done = await aTask();
    await store.attempts.open(done);
    await store.attempts.settle(done, 1, aSettlement());
    const queued = await aTask();

    expect(await list({ state: 'COMPLETE' })).toEqual([done]);
    expect(await list({ state: 'QUEUED' })).toEqual([queued]);
    expect(await list({ state: 'UNKNOWN' })).toEqual([]);
  });

  it('filters by tags, all of which must hold; without a value any value will do', async () => {
    const both = await aTask({ tags: { project: 'sun', step: '' } });
    const one = await aTask({ tags: { project: 'sun' } });
    await aTask({ tags: { project: 'moon' } });

    expect(await list({ tags: [{ key: 'project', value: 'sun' }] })).toEqual([one, both]);
    expect(await list({ tags: [{ key: 'project' }] })).toHaveLength(3);
    expect(await list({ tags: [{ key: 'project', value: 'sun' }, { key: 'step' }] })).toEqual([
      both,
    ]);
    expect(
      await list({
        tags: [
          { key: 'project', value: 'sun' },
          { key: 'project', value: 'moon' },
        ],
      }),
    ).toEqual([]);
  });

  it('finds names and tags with characters that Postgres cannot keep', async () => {
    const odd = 'a\u0000b\ud800';
    const id = await aTask({ name: odd, tags: { [odd]: odd } });

    expect(await list({ namePrefix: odd })).toEqual([id]);
    expect(await list({ tags: [{ key: odd, value: odd }] })).toEqual([id]);
    expect(await list({ tags: [{ key: odd }] })).toEqual([id]);
  });

  it('combines all filters and pages', async () => {
    const ids = [];
    for (let count = 0; count < 5; count += 1) {
      ids.push(await aTask({ name: `run-${count}`, tags: { group: 'a' } }));
      await aTask({ name: `run-${count}`, tags: { group: 'b' } });
    }
    const query: ListQuery = {
      namePrefix: 'run-',
      state: 'QUEUED',
      tags: [{ key: 'group', value: 'a' }],
      pageSize: 3,
      view: 'MINIMAL',
    };

    const first = await store.tasks.list('ada', query);
    const pageToken = decodePageToken(first.nextPageToken ?? '');
    const second = await store.tasks.list('ada', { ...query, pageToken });

    expect([...first.tasks, ...second.tasks].map(({ id }) => id)).toEqual(ids.toReversed());
  });

  it('shows each task in a page as GET shows it, in every view', async () => {
    const id = await aTask({ name: 'one', inputs: [{ path: '/a', content: 'x', type: 'FILE' }] });
    await store.attempts.open(id);
    await store.attempts.settle(id, 1, aSettlement());

    for (const view of ['MINIMAL', 'BASIC', 'FULL'] as const) {
      const page = await store.tasks.list('ada', { tags: [], pageSize: 5, view });
      expect(page.tasks).toEqual([await store.tasks.get('ada', id, view)]);
    }
  });
});
