import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { EXECUTORS, openTestApi, type TestApi } from '../../support/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

const URL = '/api/v1/tasks:batchCreate';

interface Results {
  readonly results: readonly { readonly id?: string; readonly error?: unknown }[];
}

const batch = (tasks: unknown, headers?: Record<string, string>) =>
  api.post(URL, { tasks }, headers);

const named = (name: string) => ({ name, executors: EXECUTORS });

describe('POST /api/v1/tasks:batchCreate', () => {
  it('creates every task and answers their ids in the order of the request', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `ordered-${index}`);

    const answer = await batch(names.map(named));

    expect(answer.statusCode).toBe(200);
    const ids = answer.json<Results>().results.map(({ id }) => id);
    const rows = await api.store.rows(
      'select name from tasks join unnest($1::uuid[]) with ordinality as asked (id, place) using (id) order by place',
      [ids],
    );
    expect(rows.map(({ name }) => name)).toEqual(names);
  });

  it('creates the good ones although others are bad, and says of each what is wrong', async () => {
    const answer = await batch([
      named('good-1'),
      { executors: [] },
      'no document',
      null,
      named('good-2'),
    ]);

    expect(answer.statusCode).toBe(200);
    const invalid = (pointer: string) => ({
      error: {
        status: 400,
        code: 'InvalidTask',
        message: expect.stringMatching(/\.$/),
        details: [{ pointer, message: expect.any(String) }],
      },
    });
    expect(answer.json()).toEqual({
      results: [
        { id: expect.any(String) },
        invalid('/executors'),
        invalid(''),
        invalid(''),
        { id: expect.any(String) },
      ],
    });
  });

  it('shows the tasks to the TES operations at once, without any extra field', async () => {
    const answer = await batch([named('visible')]);

    const id = answer.json<Results>().results[0]?.id ?? '';
    const task = await api.get(`/v1/tasks/${id}?view=BASIC`);
    expect(Object.keys(task.json<object>()).toSorted()).toEqual([
      'creation_time',
      'executors',
      'id',
      'name',
      'state',
    ]);
  });

  it('takes a thousand tasks', async () => {
    const answer = await batch(Array.from({ length: 1000 }, () => named('thousand')));

    expect(answer.statusCode).toBe(200);
    const rows = await api.store.rows("select from tasks where name = 'thousand'");
    expect(rows).toHaveLength(1000);
  });

  it.each([
    ['more than a thousand tasks', { tasks: Array.from({ length: 1001 }, () => named('x')) }],
    ['no tasks', { tasks: [] }],
    ['tasks that are no array', { tasks: {} }],
    ['a bare array', [named('x')]],
    ['an empty object', {}],
    ['null', null],
    ['a text', '"tasks"'],
    ['nothing', undefined],
  ])('is refused as a whole with 400 for %s', async (_title, body) => {
    const answer = await api.post(URL, body);

    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      code: 'InvalidRequest',
      details: [{ pointer: '/tasks', message: expect.stringMatching(/^tasks must .*\.$/) }],
    });
  });

  it('leads to the same tasks when it is sent again under the same Idempotency-Key', async () => {
    const tasks = [named('keyed-0'), { executors: [] }, named('keyed-2')];
    const first = await batch(tasks, { 'idempotency-key': 'batch' });

    const second = await batch(tasks, { 'idempotency-key': 'batch' });

    expect(second.json()).toEqual(first.json());
    const rows = await api.store.rows("select from tasks where name like 'keyed-%'");
    expect(rows).toHaveLength(2);
  });

  it('refuses only the changed task of a batch that is sent again under its key', async () => {
    const key = { 'idempotency-key': 'changed' };
    const first = await batch([named('a'), named('b')], key);

    const second = await batch([named('a'), named('c')], key);

    const [kept] = first.json<Results>().results;
    expect(second.json()).toMatchObject({
      results: [kept, { error: { status: 409, code: 'IdempotencyKeyReused' } }],
    });
  });

  it('tells Temporal of every task after the answer', async () => {
    const fresh = await openTestApi();
    const answer = await fresh.post(URL, { tasks: [named('a'), {}, named('b')] });

    await fresh.app.close();

    const ids = answer.json<Results>().results.flatMap(({ id }) => id ?? []);
    expect(ids).toHaveLength(2);
    expect([...fresh.launcher.started].toSorted()).toEqual(ids.toSorted());
    await fresh.store.close();
  });

  it('answers a task that could not be stored with its own 500, and logs why', async () => {
    const fresh = await openTestApi();
    await fresh.store.pool.query('alter table tasks add check (name <> $$bad$$)');

    const answer = await fresh.post(URL, { tasks: [named('bad'), named('good')] });

    expect(answer.json()).toMatchObject({
      results: [{ error: { status: 500, code: 'Internal' } }, { id: expect.any(String) }],
    });
    expect(answer.body).not.toContain('check');
    expect(fresh.logged).toContainEqual(
      expect.objectContaining({ msg: 'one task of many failed', level: 50 }),
    );
    await fresh.close();
  });

  it('is there with POST only', async () => {
    const answer = await api.get(URL);

    expect(answer.statusCode).toBe(405);
    expect(answer.headers.allow).toBe('POST');
  });

  it('is not there under the paths of TES', async () => {
    const answer = await api.post('/ga4gh/tes/v1/tasks:batchCreate', { tasks: [named('x')] });

    expect(answer.statusCode).toBe(404);
  });
});
