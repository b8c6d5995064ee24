import { afterEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { buildHealthApp } from '../../../src/api/health-app.ts';
import { createTaskGauges, type TaskGaugesDeps } from '../../../src/api/task-gauges.ts';
import type { StatisticsStore } from '../../../src/store/ports.ts';
import { buildTestServer, openTestApi, type TestServer } from '../../support/api.ts';
import { aNewTask } from '../../support/store.ts';

const DEADLINES = { queueMs: 1_000_000, totalMs: 1_000_000 };
const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

const gaugesOf = (statistics: StatisticsStore, more: Partial<TaskGaugesDeps> = {}) =>
  createTaskGauges({
    statistics,
    deadlines: DEADLINES,
    logger: pino({ level: 'silent' }),
    ...more,
  });

const EMPTY = {
  openTasks: {},
  storedTasks: {},
  stuckTasks: {},
  outboxRows: 0,
  outboxAgeSeconds: 0,
  openAttempts: 0,
  unprovenAttempts: 0,
  podsAlive: 0,
  inlineBytesAlive: 0,
  heldTasks: {},
};

const serve = (read: StatisticsStore['read']): TestServer => {
  const api = buildTestServer(undefined, { deps: { gauges: gaugesOf({ read }) } });
  opened.push(api);
  return api;
};

/** The values of `/metrics` by their line's beginning. */
const scrape = async (api: Pick<TestServer, 'get'>): Promise<ReadonlyMap<string, number>> => {
  const { body } = await api.get('/metrics');
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const split = line.lastIndexOf(' ');
      return [line.slice(0, split), Number(line.slice(split + 1))];
    }),
  );
};

describe('GET /metrics', () => {
  it('is open to everybody, in the text format of Prometheus', async () => {
    const answer = await serve(() => Promise.resolve(EMPTY)).get('/metrics');

    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.body).toContain('# TYPE tes_request_duration_seconds histogram');
    expect(answer.body).toMatch(/\n$/);
  });

  it('is not there when the operator wants no metrics', async () => {
    const api = buildTestServer();
    opened.push(api);

    expect((await api.get('/metrics')).statusCode).toBe(404);
  });

  it('counts requests by operation and status, never by path, and leaves probes out', async () => {
    const api = serve(() => Promise.resolve(EMPTY));
    const key = (operation: string, status: number) =>
      `tes_request_duration_seconds_count{operation="${operation}",status="${status}"}`;
    const before = await scrape(api);

    await api.get('/v1/service-info');
    await api.get('/ga4gh/tes/v1/service-info');
    await api.get('/v1/tasks?page_size=0');
    await api.get('/no/such/path');
    await api.get('/healthz');
    const after = await scrape(api);

    const grown = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);

    expect(grown(key('GetServiceInfo', 200))).toBe(2);
    expect(grown(key('ListTasks', 400))).toBe(1);
    expect(grown(key('none', 404))).toBe(1);
    expect([...after.keys()].join('\n')).not.toMatch(/healthz|metrics|such/);
  });

  it('shows what the database knows, and every state and reason even when it has none', async () => {
    const api = await openTestApi();
    opened.push(api);
    const gauges = gaugesOf(api.store.statistics);
    const server = buildTestServer(api.store, { deps: { gauges } });
    opened.push(server);
    await api.store.tasks.create(aNewTask());

    const values = await scrape(server);

    expect(Object.fromEntries(values)).toMatchObject({
      tes_database_up: 1,
      'tes_tasks_open{state="QUEUED"}': 1,
      'tes_tasks_open{state="INITIALIZING"}': 0,
      'tes_tasks_open{state="RUNNING"}': 0,
      'tes_tasks_open{state="CANCELING"}': 0,
      'tes_tasks_stuck{reason="deadline"}': 0,
      'tes_tasks_stuck{reason="cancel"}': 0,
      'tes_tasks_stuck{reason="attempt-ended"}': 0,
      'tes_tasks_stuck{reason="not-begun"}': 0,
      tes_outbox_rows: 1,
      tes_attempts_open: 0,
      tes_attempts_unproven: 0,
      tes_pods_stuck: 0,
    });
    expect(values.get('tes_outbox_age_seconds')).toBeGreaterThan(0);
  });

  it('counts changes of state', async () => {
    const api = await openTestApi();
    opened.push(api);
    const server = buildTestServer(api.store, { deps: { gauges: gaugesOf(api.store.statistics) } });
    opened.push(server);
    const canceled = async () =>
      (await scrape(server)).get('tes_transitions_total{state="CANCELED"}') ?? 0;
    const before = await canceled();

    const task = aNewTask();
    await api.store.tasks.create(task);
    await api.store.tasks.cancel(task.owner, task.id);

    expect((await canceled()) - before).toBe(1);
  });

  it('asks the database once for many scrapers, and again only after a while', async () => {
    let asked = 0;
    const api = serve(() => {
      asked += 1;
      return Promise.resolve(EMPTY);
    });

    await Promise.all(Array.from({ length: 10 }, () => api.get('/metrics')));
    await api.get('/metrics');

    expect(asked).toBe(1);
  });

  it('tells what the process counted also without the database, and no numbers of tasks then', async () => {
    const api = serve(() => Promise.reject(new Error('away')));
    await api.get('/v1/service-info');

    const values = await scrape(api);

    expect(values.get('tes_database_up')).toBe(0);
    expect([...values.keys()].join('\n')).not.toMatch(/tes_tasks_open|tes_outbox/);
    expect([...values.keys()].join('\n')).toContain('tes_request_duration_seconds_count');
  });

  it('does not wait for a database that hangs', async () => {
    let asked = 0;
    const api = serve(() => {
      asked += 1;
      return new Promise(() => undefined);
    });

    const scrapes = await Promise.all([scrape(api), scrape(api)]);

    expect(scrapes.map((values) => values.get('tes_database_up'))).toEqual([0, 0]);
    expect(asked).toBe(1);
  });
});

describe('the health port of a process without the API', () => {
  it('answers probes and metrics and nothing else', async () => {
    const app = buildHealthApp({
      checks: [{ role: 'worker', check: () => Promise.resolve('Temporal is away.') }],
      gauges: gaugesOf({ read: () => Promise.resolve(EMPTY) }),
      logger: pino({ level: 'silent' }),
    });
    opened.push(app);
    const status = async (url: string) => (await app.inject({ url })).statusCode;

    expect(await status('/healthz')).toBe(200);
    expect(await status('/readyz')).toBe(503);
    expect(await status('/metrics')).toBe(200);
    expect(await status('/v1/tasks')).toBe(404);
    expect((await app.inject({ url: '/v1/tasks' })).json()).toMatchObject({
      code: 'RouteNotFound',
    });
  });
});
