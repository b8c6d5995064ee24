import { describe, expect, it } from '@jest/globals';

import type { ReadinessCheck } from '../../../src/api/plugins/health.ts';
import { buildTestServer } from '../../support/api.ts';

const probe = async (checks: readonly ReadinessCheck[]) => {
  const api = buildTestServer(undefined, { deps: { checks } });
  try {
    const [alive, ready] = await Promise.all([api.get('/healthz'), api.get('/readyz')]);
    return { alive: alive.statusCode, status: ready.statusCode, body: ready.json<unknown>() };
  } finally {
    await api.close();
  }
};

describe('readiness', () => {
  it('is given when every role has what it needs', async () => {
    const fine = () => Promise.resolve(undefined);

    const answer = await probe([
      { role: 'api', check: fine },
      { role: 'worker', check: fine },
    ]);

    expect(answer).toEqual({
      alive: 200,
      status: 200,
      body: {
        ready: true,
        roles: { api: { ready: true, reasons: [] }, worker: { ready: true, reasons: [] } },
      },
    });
  });

  it('is given to a standby, with a note that says so', async () => {
    const check = () => Promise.resolve(undefined);
    const note = () => 'Standby; the lease is held by ada.';

    const answer = await probe([{ role: 'controller', check, note }]);

    expect(answer).toMatchObject({
      status: 200,
      body: { roles: { controller: { ready: true, reasons: [], note: note() } } },
    });
  });

  it('names the reasons of the role that lacks something, while the process still counts as alive', async () => {
    const answer = await probe([
      { role: 'api', check: () => Promise.resolve(undefined) },
      { role: 'worker', check: () => Promise.resolve('Temporal cannot be reached.') },
      { role: 'worker', check: () => Promise.resolve('The task namespace is missing.') },
    ]);

    expect(answer).toEqual({
      alive: 200,
      status: 503,
      body: {
        ready: false,
        roles: {
          api: { ready: true, reasons: [] },
          worker: {
            ready: false,
            reasons: ['Temporal cannot be reached.', 'The task namespace is missing.'],
          },
        },
      },
    });
  });

  it('is denied by a check that throws or hangs', async () => {
    const answer = await probe([
      { role: 'api', check: () => Promise.reject(new Error('password=hunter2')) },
      { role: 'worker', check: () => new Promise(() => undefined) },
    ]);

    expect(answer).toMatchObject({
      status: 503,
      body: {
        roles: {
          api: { reasons: ['The check itself failed; see the log.'] },
          worker: { reasons: ['No answer within 900 ms.'] },
        },
      },
    });
  });
});
