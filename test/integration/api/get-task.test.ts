import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 } from 'uuid';

import { openTestApi, type TestApi } from '../../support/api.ts';
import { aSettlement } from '../../support/store.ts';

let api: TestApi;
let id: string;
beforeAll(async () => {
  api = await openTestApi();
  id = await api.create({
    name: 'hello',
    inputs: [{ path: '/work/in', content: 'secret text' }],
    outputs: [{ path: '/work/out', url: 'file:///data/out' }],
    tags: { run: '1' },
  });
  await api.store.attempts.open(id);
  await api.store.attempts.settle(
    id,
    1,
    aSettlement({
      log: {
        logs: [{ exit_code: 0, stdout: 'hi\n', stderr: 'oh\n' }],
        outputs: [{ url: 'file:///data/out', path: '/work/out', size_bytes: '3' }],
        system_logs: ['all well'],
      },
    }),
  );
});
afterAll(() => api.close());

const MINIMAL = ['id', 'state'];

describe('GET /tasks/{id}', () => {
  it.each(['', '?view=', '?view=MINIMAL', '?view=minimal'])(
    'answers exactly id and state for %j',
    async (query) => {
      const answer = await api.get(`/v1/tasks/${id}${query}`);

      expect(answer.statusCode).toBe(200);
      expect(Object.keys(answer.json<object>())).toEqual(MINIMAL);
    },
  );

  it('leaves contents, tails and system logs out of BASIC', async () => {
    const answer = await api.get(`/v1/tasks/${id}?view=BASIC`);

    expect(answer.json()).toMatchObject({
      id,
      state: 'COMPLETE',
      name: 'hello',
      inputs: [{ path: '/work/in', type: 'FILE' }],
      logs: [{ logs: [{ exit_code: 0 }], outputs: [{ size_bytes: '3' }] }],
    });
    expect(answer.body).not.toMatch(/secret text|hi\\n|oh\\n|all well|system_logs|null/);
  });

  it('answers everything in FULL', async () => {
    const answer = await api.get(`/v1/tasks/${id}?view=FULL`);

    expect(answer.json()).toMatchObject({
      inputs: [{ path: '/work/in', content: 'secret text', type: 'FILE' }],
      outputs: [{ path: '/work/out', url: 'file:///data/out', type: 'FILE' }],
      logs: [
        { logs: [{ exit_code: 0, stdout: 'hi\n', stderr: 'oh\n' }], system_logs: ['all well'] },
      ],
      creation_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
  });

  it('is the same under every base path, with a trailing slash, and with a JSON content type but no body', async () => {
    const answers = await Promise.all(
      ['/ga4gh/tes/v1/tasks', '/v1/tasks', '/tasks', '//v1/tasks'].map((base) =>
        api.get(`${base}/${id}/`, { 'content-type': 'application/json' }),
      ),
    );

    expect(answers.map((answer) => answer.json<unknown>())).toEqual(
      answers.map(() => ({ id, state: 'COMPLETE' })),
    );
  });

  it.each(['Basic Og==', 'Basic Tm9uZTpOb25l', 'Bearer x', ''])(
    'ignores Authorization in open mode: %j',
    async (authorization) => {
      const answer = await api.get(`/v1/tasks/${id}`, { authorization });

      expect(answer.statusCode).toBe(200);
    },
  );

  it.each([
    v7(),
    'nope',
    '1',
    'null',
    '%00',
    'a'.repeat(2_000),
    '..%2f..%2fetc',
    '__proto__',
    "'; drop table tasks; --",
  ])('answers 404 in the one shape for the unknown id %j', async (unknown) => {
    const answer = await api.get(`/v1/tasks/${encodeURI(unknown).replaceAll('%25', '%')}`);

    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({
      status: 404,
      code: 'TaskNotFound',
      request_id: answer.headers['x-request-id'],
    });
  });

  it('knows an id only in lower case, as it was given out', async () => {
    const answer = await api.get(`/v1/tasks/${id.toUpperCase()}`);

    expect(answer.statusCode).toBe(404);
  });

  it.each(['view=ALL', 'view=FULL&view=BASIC', 'view=null'])(
    'refuses %s with 400',
    async (query) => {
      const answer = await api.get(`/v1/tasks/${id}?${query}`);

      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toMatchObject({
        code: 'InvalidRequest',
        details: [{ pointer: '/view', message: expect.stringContaining('view') }],
      });
    },
  );

  it('is never cached', async () => {
    const answer = await api.get(`/v1/tasks/${id}`);

    expect(answer.headers['cache-control']).toBe('no-store');
  });
});

describe('a task before its first attempt', () => {
  it('has no logs in BASIC', async () => {
    const fresh = await api.create();

    const answer = await api.get(`/v1/tasks/${fresh}?view=BASIC`);

    expect(answer.json()).toHaveProperty('executors');
    expect(answer.json()).not.toHaveProperty('logs');
  });
});
