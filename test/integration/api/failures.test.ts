import { describe, expect, it } from '@jest/globals';

import { TransientError } from '../../../src/errors/tes-error.ts';
import { aStoreThatFails, buildTestServer, EXECUTORS, type TestServer } from '../../support/api.ts';

const withStoreThatFails = async (error: Error, use: (api: TestServer) => Promise<void>) => {
  const api = buildTestServer(aStoreThatFails(error));
  try {
    await use(api);
  } finally {
    await api.close();
  }
};

const REQUESTS: ['GET' | 'POST', string][] = [
  ['POST', '/v1/tasks'],
  ['GET', '/v1/tasks'],
  ['GET', '/v1/tasks/x'],
  ['POST', '/v1/tasks/x:cancel'],
];

describe('while the database is away', () => {
  it.each(REQUESTS)('%s %s answers 503 and when to come back', async (method, url) => {
    const error = new TransientError('The database cannot be reached; try again in a moment.');
    await withStoreThatFails(error, async (api) => {
      const answer = await api.app.inject({ method, url, payload: { executors: EXECUTORS } });

      expect(answer.statusCode).toBe(503);
      expect(answer.headers['retry-after']).toBe('5');
      expect(answer.json()).toMatchObject({ status: 503, code: 'Unavailable' });
    });
  });
});

describe('a bug of ours', () => {
  it.each(REQUESTS)('%s %s tells nothing of its inside', async (method, url) => {
    await withStoreThatFails(new Error('relation "tasks" of hunter2 is broken'), async (api) => {
      const answer = await api.app.inject({ method, url, payload: { executors: EXECUTORS } });

      expect(answer.statusCode).toBe(500);
      expect(answer.body).not.toMatch(/relation|hunter2|stack/);
      expect(answer.json()).toMatchObject({ code: 'Internal', request_id: expect.any(String) });
    });
  });

  it('is logged with the request id that the caller was given', async () => {
    await withStoreThatFails(new Error('broken inside'), async (api) => {
      const answer = await api.get('/v1/tasks');

      expect(api.logged).toContainEqual(
        expect.objectContaining({
          level: 50,
          requestId: answer.headers['x-request-id'],
          msg: 'request failed',
          err: expect.objectContaining({ message: 'broken inside' }),
        }),
      );
    });
  });
});
