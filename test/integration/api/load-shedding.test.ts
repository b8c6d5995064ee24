import { getHeapStatistics } from 'node:v8';

import { afterEach, describe, expect, it } from '@jest/globals';

import { buildTestServer, type TestServer } from '../../support/api.ts';
import { until } from '../../support/until.ts';

let api: TestServer | undefined;
afterEach(() => api?.close());

const serve = (heapPercent: number, eventLoopDelayMs = 0): TestServer => {
  api = buildTestServer(undefined, {
    settings: { loadLimits: { heapPercent, eventLoopDelayMs }, corsOrigins: ['*'] },
  });
  return api;
};

/** The heap is fuller than this, in percent, and will stay so. */
const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
const ALWAYS = ((used / limit) * 100) / 5;

describe('a process with too much to do', () => {
  it('refuses requests in the one shape and says when to come back', async () => {
    const server = serve(ALWAYS);

    const refused = await until(
      async () => {
        const answer = await server.get('/v1/service-info', { origin: 'https://example.org' });
        return answer.statusCode === 503 && answer;
      },
      { what: 'the heap was looked at', withinMs: 5_000 },
    );

    expect(refused.headers).toMatchObject({
      'retry-after': '2',
      'access-control-allow-origin': '*',
    });
    expect(refused.json()).toEqual({
      status: 503,
      code: 'Unavailable',
      message: 'The server has too much to do; try again in a moment.',
      request_id: refused.headers['x-request-id'],
    });
    expect((await server.get('/healthz')).statusCode).toBe(200);
    expect((await server.get('/readyz')).statusCode).toBe(200);
  });

  it('refuses requests while its event loop is late, and takes them again afterwards', async () => {
    const server = serve(0, 20);
    const status = async (): Promise<number> => (await server.get('/v1/service-info')).statusCode;
    const busy = setInterval(() => {
      const end = performance.now() + 120;
      while (performance.now() < end);
    }, 130);

    await until(async () => (await status()) === 503, { what: 'refused', withinMs: 10_000 });
    clearInterval(busy);
    await until(async () => (await status()) === 200, { what: 'taken again', withinMs: 10_000 });

    expect(await status()).toBe(200);
  });
});
