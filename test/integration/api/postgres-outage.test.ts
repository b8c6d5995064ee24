import { afterEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { createPool } from '../../../src/store/pool.ts';
import { createStore } from '../../../src/store/store.ts';
import { buildTestServer, EXECUTORS, type TestServer } from '../../support/api.ts';
import { type CutOffProxy, startCutOffProxy } from '../../support/cut-off-proxy.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { until } from '../../support/until.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A server whose way to its database a test can cut. */
const serve = async (
  statementTimeout: number,
): Promise<{ api: TestServer; line: CutOffProxy; id: string }> => {
  const database = await createTestDatabase();
  cleanUps.push(() => database.drop());
  const line = await startCutOffProxy(database.url);
  cleanUps.push(async () => {
    await line[Symbol.asyncDispose]();
  });
  const url = new URL(database.url);
  url.host = new URL(line.origin).host;
  const silent = pino({ level: 'silent' });
  const options = { url: url.href, max: 4, applicationName: 'orrery-test', statementTimeout };
  const pool = createPool(options, silent);
  cleanUps.push(() => pool.end());
  const api = buildTestServer(createStore(pool, silent));
  cleanUps.push(() => api.close());
  return { api, line, id: await api.create() };
};

const REQUESTS = (id: string): [string, 'GET' | 'POST', string][] => [
  ['create', 'POST', '/v1/tasks'],
  ['list', 'GET', '/v1/tasks'],
  ['get', 'GET', `/v1/tasks/${id}?view=FULL`],
  ['cancel', 'POST', `/v1/tasks/${id}:cancel`],
];

const askAll = (api: TestServer, id: string) =>
  Promise.all(
    REQUESTS(id).map(async ([name, method, url]) => {
      const answer = await api.app.inject({
        method,
        url,
        ...(name === 'create' && { payload: { executors: EXECUTORS } }),
      });
      return [name, answer.statusCode, answer.headers['retry-after']];
    }),
  );

const UNAVAILABLE = ['create', 'list', 'get', 'cancel'].map((name) => [name, 503, '5']);
const FINE = ['create', 'list', 'get', 'cancel'].map((name) => [name, 200, undefined]);

describe('while Postgres is down', () => {
  it('every operation answers 503 and when to come back, the process lives, and all is well afterwards', async () => {
    const { api, line, id } = await serve(10_000);

    line.down();
    const during = await askAll(api, id);
    const again = await askAll(api, id);
    const alive = await api.get('/healthz');
    line.up();
    const after = await until(
      async () => {
        const answers = await askAll(api, id);
        return answers.every(([, status]) => status === 200) && answers;
      },
      { what: 'Postgres is used again', withinMs: 10_000 },
    );

    expect(during).toEqual(UNAVAILABLE);
    expect(again).toEqual(UNAVAILABLE);
    expect(alive.statusCode).toBe(200);
    expect(after).toEqual(FINE);
  });

  it('no request waits for ever when its machine vanished without a word', async () => {
    const { api, line, id } = await serve(1_000);

    line.freeze();
    const during = await askAll(api, id);
    const after = await askAll(api, id);

    // What can be repeated safely may have been repeated over a new connection.
    for (const [, status] of during) expect([200, 503]).toContain(status);
    expect(after).toEqual(FINE);
  });
});
