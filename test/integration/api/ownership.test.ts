import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTrustedHeaderVerifier } from '../../../src/auth/verifiers/trusted-header.ts';
import { EXECUTORS, openTestApi, type TestApi } from '../../support/api.ts';

let api: TestApi;
beforeAll(async () => {
  const names = { subject: 'x-forwarded-user', groups: 'x-forwarded-groups' };
  api = await openTestApi({ deps: { verifier: createTrustedHeaderVerifier(names) } });
});
afterAll(() => api.close());

const ADA = { 'x-forwarded-user': 'ada', 'x-forwarded-groups': 'genomics,admins' };
const BOB = { 'x-forwarded-user': 'bob' };

describe('a task', () => {
  it('belongs to its creator and to the first of the creator’s groups', async () => {
    const id = await api.create({}, ADA);

    const rows = await api.store.rows('select owner, group_name from tasks where id = $1', [id]);

    expect(rows).toEqual([{ owner: 'ada', group_name: 'genomics' }]);
  });

  it('does not exist for anybody else, who cannot cancel it either', async () => {
    const id = await api.create({ tags: { whose: 'ada' } }, ADA);

    const [get, list, cancel] = await Promise.all([
      api.get(`/v1/tasks/${id}`, BOB),
      api.get('/v1/tasks?tag_key=whose', BOB),
      api.post(`/v1/tasks/${id}:cancel`, undefined, BOB),
    ]);

    expect([get.statusCode, cancel.statusCode]).toEqual([404, 404]);
    expect(list.json()).toEqual({ tasks: [] });
    const own = await api.get(`/v1/tasks/${id}`, ADA);
    expect(own.json()).toEqual({ id, state: 'QUEUED' });
  });

  it('of somebody else and one that never was get the same answer', async () => {
    const id = await api.create({}, ADA);
    const unknown = id.replace(/.$/, (last) => (last === '0' ? '1' : '0'));

    const [foreign, absent] = await Promise.all([
      api.get(`/v1/tasks/${id}`, BOB),
      api.get(`/v1/tasks/${unknown}`, BOB),
    ]);

    const blank = (body: string, taskId: string) =>
      body.replaceAll(taskId, 'ID').replace(/"request_id":"[^"]*"/, '');
    expect(blank(foreign.body, id)).toBe(blank(absent.body, unknown));
  });
});

describe('a caller without a name', () => {
  it.each([
    ['GET', '/v1/tasks'],
    ['GET', '/v1/tasks/x'],
    ['POST', '/v1/tasks'],
    ['POST', '/v1/tasks/x:cancel'],
    ['DELETE', '/v1/tasks/x:cancel'],
  ])('gets 401 with a challenge and a sentence: %s %s', async (method, url) => {
    const answer = await api.app.inject({ method: method as 'GET', url, payload: '{}' });

    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('TrustedHeader header="x-forwarded-user"');
    expect(answer.json()).toMatchObject({
      code: 'Unauthenticated',
      message: expect.stringContaining('x-forwarded-user is missing'),
    });
  });

  it('gets 401 from another machine, whatever header it sends, and creates nothing', async () => {
    const answer = await api.app.inject({
      method: 'POST',
      url: '/v1/tasks',
      headers: { ...ADA, 'x-forwarded-for': '127.0.0.1' },
      remoteAddress: '203.0.113.9',
      payload: { executors: EXECUTORS, name: 'smuggled' },
    });

    expect(answer.statusCode).toBe(401);
    expect(await api.store.rows("select id from tasks where name = 'smuggled'")).toEqual([]);
  });

  it('may read service-info', async () => {
    const answer = await api.get('/v1/service-info');

    expect(answer.statusCode).toBe(200);
  });
});
