import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { pageQuery } from '../../../src/store/list-tasks.ts';
import { createDatabase } from '../../../src/store/pool.ts';
import { sweepQuery } from '../../../src/store/retention.ts';
import type { ListQuery } from '../../../src/tes/list-query.ts';
import { openTestStore, type TestStore } from '../../support/store.ts';

/** 20,000 tasks: four owners, 200 tag groups of 100, one state in a thousand rare. */
const FILL = `
  insert into tasks (id, owner, group_name, name, state, tags, created_at)
  select
    gen_random_uuid(), 'owner-' || n % 4, 'g', 'run-' || n,
    case when n % 1000 = 0 then 'RUNNING' else 'COMPLETE' end,
    jsonb_build_object('group', n % 200, 'kind', 'test'),
    now() - n * interval '1 second'
  from generate_series(1, 20000) as n
`;

describe('the plan of a page among 20,000 tasks', () => {
  let store: TestStore;
  beforeAll(async () => {
    store = await openTestStore();
    await store.rows(FILL.replace("'group', n % 200", "'group', (n % 200)::text"));
    await store.rows('insert into outbox (task_id, dispatched_at) select id, now() from tasks');
    await store.rows('vacuum analyze');
  });
  afterAll(() => store.close());

  async function planOf(members: Partial<ListQuery>, options = 'costs on'): Promise<string> {
    const query: ListQuery = { tags: [], pageSize: 256, view: 'MINIMAL', ...members };
    const { sql, parameters } = pageQuery('owner-1', query).compile(createDatabase(store.pool));
    const rows = await store.rows(`explain (${options}) ${sql}`, [...parameters]);
    return rows.map((row) => String(row['QUERY PLAN'])).join('\n');
  }

  it('reads the first page from the index of the newest, without a sort', async () => {
    const plan = await planOf({});

    expect(plan).toContain('using tasks_newest');
    expect(plan).not.toContain('Sort');
  });

  it('begins a later page inside the same index', async () => {
    const id = '01980000-0000-7000-8000-000000000000';
    const plan = await planOf({ pageToken: { createdAt: '2026-01-01T00:00:00.000000Z', id } });

    expect(plan).toMatch(/using tasks_newest[^]*Index Cond: .*ROW\(created_at, id\) < ROW/);
  });

  it('filters by a rare state in the index of states', async () => {
    const plan = await planOf({ state: 'RUNNING' });

    expect(plan).toMatch(/(using|on) tasks_state/);
    expect(plan).not.toContain('Seq Scan');
  });

  it('filters by a tag in the index of tags', async () => {
    const plan = await planOf({ tags: [{ key: 'group', value: '7' }] });

    expect(plan).toContain('on tasks_tags');
  });

  it('filters by a prefix of the name in the index of names', async () => {
    const plan = await planOf({ namePrefix: 'run-1234' });

    expect(plan).toMatch(/(using|on) tasks_name/);
  });

  it('filters by the key of a tag in the index of keys', async () => {
    const plan = await planOf({ tags: [{ key: 'nobody' }] });

    expect(plan).toContain('on tasks_tag_keys');
  });

  it('answers a prefix that many tasks have from the newest, and only then from all of them', async () => {
    const plan = await planOf({ namePrefix: 'run-' }, 'analyze, timing off, costs off');

    expect(plan).toMatch(/CTE near[^]*using tasks_newest/);
    expect(plan).toMatch(/tasks_names.*never executed|Seq Scan.*never executed/);
  });

  it('sweeps old tasks from where it stopped, without reading what lies before', async () => {
    // The ids here are random, so that half of them are of this time or older.
    const inTheMiddle = new Date(0x7f_00_00_00_00_00);
    const after = '20000000-0000-7000-8000-000000000000';
    const batch = sweepQuery(inTheMiddle, { after, limit: 100 });
    const { sql, parameters } = batch.compile(createDatabase(store.pool));
    const rows = await store.rows(`explain ${sql}`, [...parameters]);
    const plan = rows.map((row) => String(row['QUERY PLAN'])).join('\n');

    expect(plan).toMatch(/CTE looked[^]*using tasks_pkey[^]*Index Cond: .*id > .*id < /);
    expect(plan).not.toContain('Seq Scan on tasks');
  });
});
