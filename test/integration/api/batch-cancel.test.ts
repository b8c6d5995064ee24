import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTrustedHeaderVerifier } from '../../../src/auth/verifiers/trusted-header.ts';
import { EXECUTORS, openTestApi, type TestApi } from '../../support/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi({
    deps: { verifier: createTrustedHeaderVerifier({ subject: 'x-user', groups: 'x-groups' }) },
  });
});
afterAll(() => api.close());

const URL = '/api/v1/tasks:batchCancel';

interface Canceled {
  readonly results: readonly { readonly id: string; readonly error?: unknown }[];
  readonly remaining: number;
}

let users = 0;
const aUser = (): string => `user-${users++}`;

/** Stores tasks without telling Temporal, so that their cancel ends them at once. */
const store = async (user: string, tags: Record<string, string>[]): Promise<string[]> => {
  const ids: string[] = [];
  for (const one of tags) {
    const id = crypto.randomUUID();
    await api.store.tasks.create({
      id,
      owner: user,
      group: user,
      document: { executors: EXECUTORS, tags: one },
      warnings: [],
    });
    ids.push(id);
  }
  return ids;
};

const cancel = async (user: string, selection: unknown): Promise<Canceled> => {
  const answer = await api.post(URL, selection, { 'x-user': user });
  expect(answer.statusCode).toBe(200);
  return answer.json();
};

const statesOf = async (ids: readonly string[]): Promise<unknown[]> => {
  const rows = await api.store.rows(
    'select state from tasks join unnest($1::uuid[]) with ordinality as asked (id, place) using (id) order by place',
    [ids],
  );
  return rows.map(({ state }) => state);
};

describe('POST /api/v1/tasks:batchCancel', () => {
  it('cancels the tasks that have all the tags and leaves the others', async () => {
    const user = aUser();
    const ids = await store(user, [
      { run: '1', kind: 'a' },
      { run: '1', kind: 'b' },
      { run: '2', kind: 'a' },
    ]);

    const answer = await cancel(user, { tags: { run: '1', kind: 'a' } });

    expect(answer).toEqual({ results: [{ id: ids[0] }], remaining: 0 });
    expect(await statesOf(ids)).toEqual(['CANCELED', 'QUEUED', 'QUEUED']);
  });

  it('takes an empty tag value for any value', async () => {
    const user = aUser();
    const ids = await store(user, [{ run: '1' }, { run: '2' }, { other: '1' }]);

    await cancel(user, { tags: { run: '' } });

    expect(await statesOf(ids)).toEqual(['CANCELED', 'CANCELED', 'QUEUED']);
  });

  it('cancels by state', async () => {
    const user = aUser();
    const ids = await store(user, [{}, {}]);
    await api.store.pool.query("update tasks set state = 'RUNNING' where id = $1", [ids[0]]);

    await cancel(user, { states: ['RUNNING', 'INITIALIZING'] });

    expect(await statesOf(ids)).toEqual(['CANCELED', 'QUEUED']);
  });

  it('cancels by ids, of which unknown and strange ones find nothing', async () => {
    const user = aUser();
    const ids = await store(user, [{}, {}]);

    const answer = await cancel(user, {
      ids: [ids[1], crypto.randomUUID(), "'; drop table tasks --", '', 'service-info'],
    });

    expect(answer).toEqual({ results: [{ id: ids[1] }], remaining: 0 });
    expect(await statesOf(ids)).toEqual(['QUEUED', 'CANCELED']);
  });

  it('wants all that is given to hold', async () => {
    const user = aUser();
    const ids = await store(user, [{ run: '1' }, { run: '2' }]);

    await cancel(user, { ids, tags: { run: '2' }, states: ['QUEUED'] });

    expect(await statesOf(ids)).toEqual(['QUEUED', 'CANCELED']);
  });

  it('never touches a task of somebody else', async () => {
    const [user, other] = [aUser(), aUser()];
    const ids = await store(other, [{ run: '1' }]);

    const answer = await cancel(user, { ids, tags: { run: '1' } });

    expect(answer).toEqual({ results: [], remaining: 0 });
    expect(await statesOf(ids)).toEqual(['QUEUED']);
  });

  it('finds nothing when it is sent again', async () => {
    const user = aUser();
    await store(user, [{ run: '1' }]);
    await cancel(user, { tags: { run: '1' } });

    expect(await cancel(user, { tags: { run: '1' } })).toEqual({ results: [], remaining: 0 });
  });

  it('makes a started task CANCELING, once, and tells Temporal', async () => {
    const fresh = await openTestApi();
    const id = await fresh.create({ tags: { run: 'started' } });
    await fresh.store.outbox.claimOne(id);
    await fresh.store.outbox.markDispatched([id]);
    const selection = { tags: { run: 'started' } };

    const first = await fresh.post(URL, selection);
    const second = await fresh.post(URL, selection);

    expect([first.json(), second.json()]).toEqual([
      { results: [{ id }], remaining: 0 },
      { results: [], remaining: 0 },
    ]);
    expect(await fresh.store.tasks.get('anonymous', id, 'MINIMAL')).toEqual({
      id,
      state: 'CANCELING',
    });
    await fresh.app.close();
    expect(fresh.launcher.canceled).toEqual([id]);
    await fresh.store.close();
  });

  it('cancels a thousand at most, the oldest first, and says how many are left', async () => {
    const user = aUser();
    await api.store.pool.query(
      `with task as (
         insert into tasks (id, owner, group_name, created_at, last_event)
         select gen_random_uuid(), $1, $1, now() + make_interval(secs => number), 1
         from generate_series(1, 1005) as number returning id
       )
       insert into outbox (task_id) select id from task`,
      [user],
    );

    const first = await cancel(user, { states: ['QUEUED'] });
    const left = await api.store.rows(
      "select created_at > now() + interval '1000 s' as new from tasks where owner = $1 and state = 'QUEUED'",
      [user],
    );
    const second = await cancel(user, { states: ['QUEUED'] });

    expect([first.results.length, first.remaining]).toEqual([1000, 5]);
    expect(left).toHaveLength(5);
    expect([second.results.length, second.remaining]).toEqual([5, 0]);
  });

  it('cancels the others although one cannot be, and counts it as left', async () => {
    const user = aUser();
    const ids = await store(user, [{}, {}, {}]);
    await api.store.pool.query(
      `create function refuse() returns trigger language plpgsql as 'begin raise ''no''; end'`,
    );
    await api.store.pool.query(
      `create trigger refuse before update on tasks for each row when (old.id = '${ids[1]}') execute function refuse()`,
    );

    const answer = await cancel(user, { ids });

    expect(answer).toEqual({
      results: [
        { id: ids[0] },
        { id: ids[1], error: { status: 500, code: 'Internal', message: expect.any(String) } },
        { id: ids[2] },
      ],
      remaining: 1,
    });
    expect(await statesOf(ids)).toEqual(['CANCELED', 'QUEUED', 'CANCELED']);
  });

  it.each([
    ['nothing at all', {}, ''],
    ['empty filters', { tags: {}, states: [] }, ''],
    ['no body', undefined, ''],
    ['an array', [], ''],
    ['a state that is final', { states: ['COMPLETE'] }, '/states/0'],
    ['an unknown state', { states: ['SLEEPING'] }, '/states/0'],
    ['a state that is no array', { states: 'QUEUED' }, '/states'],
    ['tags that are no texts', { tags: { a: 1 } }, '/tags/a'],
    ['an id that is no text', { ids: [1] }, '/ids/0'],
    ['too many ids', { ids: Array(1001).fill('x') }, '/ids'],
  ])('is refused with 400 for %s', async (_title, body, pointer) => {
    const answer = await api.post(URL, body, { 'x-user': 'ada' });

    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'InvalidRequest', details: [{ pointer }] });
  });

  it('takes a thousand ids, the most that are allowed', async () => {
    const answer = await api.post(URL, { ids: Array(1000).fill('x') }, { 'x-user': 'ada' });

    expect(answer.statusCode).toBe(200);
  });

  it.each([
    ['nothing selected', {}, 'The body selects nothing; give states, tags or ids.'],
    [
      'too many ids',
      { ids: Array(1001).fill('x') },
      'ids must not have more than 1000 entries; send fewer.',
    ],
  ])('says for %s what to do instead', async (_title, body, message) => {
    const answer = await api.post(URL, body, { 'x-user': 'ada' });

    expect(answer.json()).toMatchObject({ message });
  });

  it('wants to know who asks', async () => {
    const answer = await api.post(URL, { tags: { run: '1' } });

    expect(answer.statusCode).toBe(401);
  });
});
