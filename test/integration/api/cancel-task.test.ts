import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 } from 'uuid';

import { openTestApi, type TestApi } from '../../support/api.ts';
import { AMPLE, aSettlement } from '../../support/store.ts';

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

const JSON_TYPE = { 'content-type': 'application/json' };

const stateOf = async (id: string): Promise<string> => {
  const answer = await api.get(`/v1/tasks/${id}`);
  return answer.json<{ state: string }>().state;
};

/** A task with an attempt, so that a cancel has something to wait for. */
const aStartedTask = async (): Promise<string> => {
  const id = await api.create();
  await api.store.attempts.open(id);
  return id;
};

describe('POST /tasks/{id}:cancel', () => {
  it.each([
    ['no body', undefined, {}],
    ['an empty body with a JSON type', '', JSON_TYPE],
    ['{}', '{}', JSON_TYPE],
    ['null', 'null', JSON_TYPE],
    ['a form', 'a=b', {}],
    ['broken JSON', '{"a":', JSON_TYPE],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00]), JSON_TYPE],
  ])('takes %s and answers 200 with {}', async (_title, body, headers) => {
    const id = await aStartedTask();

    const answer = await api.post(`/v1/tasks/${id}:cancel`, body, headers);

    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.body).toBe('{}');
    expect(await stateOf(id)).toBe('CANCELING');
  });

  it.each(['%3Acancel', '%3acancel', ':cancel/', ':cancel?x=1'])(
    'knows itself when spelled %s',
    async (verb) => {
      const id = await aStartedTask();

      const answer = await api.post(`/ga4gh/tes/v1/tasks/${id}${verb}`);

      expect(answer.statusCode).toBe(200);
      expect(await stateOf(id)).toBe('CANCELING');
    },
  );

  it.each(['/ga4gh/tes/v1', '/v1', ''])('can be sent as DELETE under %j', async (base) => {
    const id = await aStartedTask();

    const answer = await api.app.inject({ method: 'DELETE', url: `${base}/tasks/${id}:cancel` });

    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe('{}');
    expect(await stateOf(id)).toBe('CANCELING');
  });

  it('tells Temporal after the answer', async () => {
    const fresh = await openTestApi();
    const id = await fresh.create();
    await fresh.store.attempts.open(id);
    await fresh.store.outbox.claim(1, AMPLE);
    await fresh.store.outbox.markDispatched([id]);

    await fresh.post(`/v1/tasks/${id}:cancel`);

    await fresh.app.close();
    expect(fresh.launcher.canceled).toEqual([id]);
    await fresh.store.close();
  });

  it('is final at once for a task that nobody has begun to start', async () => {
    const fresh = await openTestApi({ deps: { startQueue: idleQueue } });
    const id = await fresh.create();

    await fresh.post(`/v1/tasks/${id}:cancel`);

    const answer = await fresh.get(`/v1/tasks/${id}`);
    expect(answer.json()).toEqual({ id, state: 'CANCELED' });
    await fresh.close();
  });

  it('can be repeated without effect, also on a finished task', async () => {
    const canceled = await aStartedTask();
    const finished = await aStartedTask();
    await api.store.attempts.settle(finished, 1, aSettlement());

    const answers = [
      await api.post(`/v1/tasks/${canceled}:cancel`),
      await api.post(`/v1/tasks/${canceled}:cancel`),
      await api.post(`/v1/tasks/${finished}:cancel`),
    ];

    expect(answers.map((answer) => answer.statusCode)).toEqual([200, 200, 200]);
    expect(await stateOf(finished)).toBe('COMPLETE');
  });

  it.each([v7(), 'nope', 'service-info', 'a%20b'])('answers 404 for %s', async (id) => {
    const answer = await api.post(`/v1/tasks/${id}:cancel`);

    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'TaskNotFound' });
  });

  it('answers 200 although Temporal fails', async () => {
    const fresh = await openTestApi();
    const id = await fresh.create();
    await fresh.store.attempts.open(id);
    fresh.launcher.failWith(new Error('no Temporal today'));

    const answer = await fresh.post(`/v1/tasks/${id}:cancel`);

    expect(answer.statusCode).toBe(200);
    await fresh.close();
  });
});

describe('CANCELING', () => {
  it('is shown as RUNNING everywhere when it is to be hidden', async () => {
    const fresh = await openTestApi({ settings: { hideCanceling: true } });
    const id = await fresh.create();
    await fresh.store.attempts.open(id);

    await fresh.post(`/v1/tasks/${id}:cancel`);

    const one = await fresh.get(`/v1/tasks/${id}?view=FULL`);
    const list = await fresh.get('/v1/tasks');
    expect(one.json()).toMatchObject({ state: 'RUNNING' });
    expect(list.json()).toEqual({ tasks: [{ id, state: 'RUNNING' }] });
    await fresh.close();
  });
});

const idleQueue = { offer: () => undefined, drain: () => Promise.resolve() };
