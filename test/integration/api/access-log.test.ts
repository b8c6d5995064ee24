import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { EXECUTORS, openTestApi, type TestApi } from '../../support/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

const linesOf = (requestId: unknown) =>
  api.logged.filter((line) => line['requestId'] === requestId);

describe('the access log', () => {
  it('has one line a request: who did what, how it ended and how long it took', async () => {
    const answer = await api.get('/v1/tasks?name_prefix=private');

    expect(linesOf(answer.headers['x-request-id'])).toEqual([
      expect.objectContaining({
        msg: 'request',
        operation: 'ListTasks',
        method: 'GET',
        path: '/v1/tasks',
        status: 200,
        principal: 'anonymous',
        ms: expect.any(Number),
      }),
    ]);
  });

  it('holds no body, no query string and no credentials', async () => {
    const secrets = { authorization: 'Bearer hunter1', cookie: 'c=hunter2' };

    await api.post('/v1/tasks?key=hunter3', { executors: EXECUTORS, name: 'hunter4' }, secrets);
    await api.post('/v1/tasks?key=hunter5', '{"hunter6', secrets);
    await api.get('/v1/nothing?key=hunter7', secrets);

    expect(JSON.stringify(api.logged)).not.toContain('hunter');
  });

  it('keeps quiet about probes that succeed', async () => {
    const answer = await api.get('/healthz');

    expect(linesOf(answer.headers['x-request-id'])).toEqual([
      expect.objectContaining({ level: 20 }),
    ]);
  });
});
