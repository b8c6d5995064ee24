import { afterAll, describe, expect, it } from '@jest/globals';
import type { InjectOptions } from 'fastify';

import { createTrustedHeaderVerifier } from '../../../src/auth/verifiers/trusted-header.ts';
import { TransientError } from '../../../src/errors/tes-error.ts';
import { aStoreThatFails, buildTestServer, EXECUTORS } from '../../support/api.ts';

const ORIGIN = 'https://ui.example.org';
const SIGNED_IN = { 'x-user': 'ada' };

const failing = buildTestServer(aStoreThatFails(new TransientError('Postgres is away.')), {
  settings: { corsOrigins: [ORIGIN], bodyLimit: 1000 },
  deps: { verifier: createTrustedHeaderVerifier({ subject: 'x-user', groups: 'x-groups' }) },
});
const broken = buildTestServer(undefined, { settings: { corsOrigins: [ORIGIN] } });
afterAll(() => Promise.all([failing.close(), broken.close()]));

const task = { method: 'POST', url: '/v1/tasks', headers: SIGNED_IN } as const;

const FAILURES: [number, InjectOptions][] = [
  [400, { ...task, payload: '{' }],
  [400, { url: '/v1/tasks?page_size=0', headers: SIGNED_IN }],
  [401, { url: '/v1/tasks' }],
  [404, { url: '/nothing' }],
  [404, { method: 'POST', url: '/api/v1/nothing' }],
  [405, { method: 'PUT', url: '/v1/tasks' }],
  [405, { url: '/api/v1/tasks:batchCreate' }],
  [413, { ...task, payload: 'x'.repeat(1001) }],
  [415, { ...task, payload: '{}', headers: { ...SIGNED_IN, 'content-encoding': 'gzip' } }],
  [503, { ...task, payload: { executors: EXECUTORS } }],
];

const expectOneShape = (answer: Awaited<ReturnType<typeof failing.get>>, status: number): void => {
  expect(answer.statusCode).toBe(status);
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(answer.json()).toMatchObject({
    status,
    code: expect.any(String),
    message: expect.stringMatching(/\.$/s),
    request_id: answer.headers['x-request-id'],
  });
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.headers['access-control-allow-origin']).toBe(ORIGIN);
  expect(answer.headers['access-control-expose-headers']).toMatch(/x-request-id/i);
};

describe('every failure has the one shape, and headers that let a web page read it', () => {
  it.each(FAILURES)('%d for %j', async (status, request) => {
    const headers = { ...request.headers, origin: ORIGIN };

    expectOneShape(await failing.app.inject({ ...request, headers }), status);
  });

  it('400 for an address that cannot be read, which no web page can send', async () => {
    const answer = await failing.get('/v1/tasks/%zz');

    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ request_id: answer.headers['x-request-id'] });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('500 for a bug of ours', async () => {
    expectOneShape(await broken.get('/v1/tasks', { origin: ORIGIN }), 500);
  });
});
