import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from '@jest/globals';

import { EXECUTORS } from '../../support/api.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { createServerProcess, type ServerProcess } from '../../support/server-process.ts';
import { environment } from '../../support/test-environment.ts';

/** Nothing listens there. */
const NOWHERE = '127.0.0.1:1';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const KUBECONFIG = {
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'nowhere',
  contexts: [{ name: 'nowhere', context: { cluster: 'nowhere', user: 'nobody' } }],
  clusters: [{ name: 'nowhere', cluster: { server: `http://${NOWHERE}` } }],
  users: [{ name: 'nobody', user: {} }],
};

/** A real process on a real database without Temporal and Kubernetes. */
const start = async (
  roles: string,
  settings: Record<string, string> = {},
): Promise<ServerProcess> => {
  const database = await createTestDatabase();
  cleanUps.push(() => database.drop());
  const logs = join(environment('STATE_DIR'), 'logs');
  await mkdir(logs, { recursive: true });
  const kubeconfig = join(logs, 'nowhere.kubeconfig.json');
  await writeFile(kubeconfig, JSON.stringify(KUBECONFIG));
  const server = createServerProcess({
    roles,
    log: join(logs, `engine-outage-${roles.replaceAll(',', '-')}`),
    settings: {
      ORRERY_POSTGRES_URL: database.url,
      ORRERY_TEMPORAL_ADDRESS: NOWHERE,
      ORRERY_KUBECONFIG: kubeconfig,
      ORRERY_SHIM_IMAGE: 'none',
      ORRERY_TRANSPORTER_IMAGE: 'none',
      ORRERY_PORT: '0',
      ...settings,
    },
  });
  // A graceful stop would wait for the connection to Temporal to fail, which takes its client 20 s.
  cleanUps.push(() => server.kill('SIGKILL'));
  await server.start();
  return server;
};

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
  });

describe('while Temporal and Kubernetes are down', () => {
  it('tasks are created, shown, listed and canceled, and readiness names who cannot work', async () => {
    const server = await start('api,worker,controller', {
      ORRERY_SERVICE_CONTACT_URL: 'mailto:help@example.org',
      ORRERY_SERVICE_DOCUMENTATION_URL: 'https://example.org/docs',
    });
    const tes = `${server.url()}/ga4gh/tes/v1`;
    const post = (url: string, body?: unknown) =>
      fetch(url, { method: 'POST', ...(body !== undefined && { body: JSON.stringify(body) }) });

    const created = await post(`${tes}/tasks`, { name: 'patient', executors: EXECUTORS });
    const { id } = (await created.json()) as { id: string };
    const shown = await fetch(`${tes}/tasks/${id}?view=FULL`);
    const listed = await fetch(`${tes}/tasks?view=BASIC`);
    const canceled = await post(`${tes}/tasks/${id}:cancel`);
    const ready = await fetch(`${server.url()}/readyz`);
    const info = (await (await fetch(`${tes}/service-info`)).json()) as Record<string, string>;

    expect(info).toMatchObject({
      contactUrl: 'mailto:help@example.org',
      documentationUrl: 'https://example.org/docs',
    });
    expect(Math.abs(Date.now() - Date.parse(info['createdAt'] ?? ''))).toBeLessThan(60_000);
    expect(Date.parse(info['updatedAt'] ?? '')).toBeGreaterThanOrEqual(
      Date.parse(info['createdAt'] ?? ''),
    );
    expect([created, shown, listed, canceled].map(({ status }) => status)).toEqual([
      200, 200, 200, 200,
    ]);
    expect(await shown.json()).toMatchObject({ id, name: 'patient', state: 'QUEUED' });
    expect(await listed.json()).toMatchObject({ tasks: [{ id }] });
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({
      roles: {
        api: { ready: true },
        worker: { ready: false, reasons: [expect.any(String)] },
        controller: { ready: false, reasons: [expect.any(String)] },
      },
    });
  });
});

describe('a process without the API', () => {
  it('answers probes and Prometheus on the health port, and lets Temporal answer on its own', async () => {
    const temporal = `127.0.0.1:${await freePort()}`;
    const server = await start('worker', {
      ORRERY_HEALTH_PORT: '0',
      ORRERY_TEMPORAL_METRICS_ADDRESS: temporal,
    });

    const metrics = await (await fetch(`${server.url()}/metrics`)).text();
    const alive = await fetch(`${server.url()}/healthz`);
    const ready = await fetch(`${server.url()}/readyz`);
    const tasks = await fetch(`${server.url()}/ga4gh/tes/v1/tasks`);
    const own = await fetch(`http://${temporal}/metrics`);

    expect([alive, ready, tasks, own].map(({ status }) => status)).toEqual([200, 503, 404, 200]);
    expect(metrics).toMatch(/^tes_database_up 1$/m);
    expect(metrics).toMatch(/^nodejs_eventloop_lag_seconds /m);
  });
});
