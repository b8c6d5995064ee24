import { afterEach, describe, expect, it } from '@jest/globals';
import type { InjectOptions } from 'fastify';

import { createTrustedHeaderVerifier } from '../../../src/auth/verifiers/trusted-header.ts';
import { buildTestServer, type TestApiOptions, type TestServer } from '../../support/api.ts';

let api: TestServer | undefined;
afterEach(() => api?.close());

/** A server whose store always answers an empty page. */
const serve = (options: TestApiOptions): TestServer => {
  const list = () => Promise.resolve({ tasks: [] });
  api = buildTestServer(undefined, options);
  const { app } = api;
  app.get('/answer', () => list());
  return api;
};

const statuses = async (server: TestServer, requests: InjectOptions[]): Promise<number[]> => {
  const answers: number[] = [];
  for (const request of requests) answers.push((await server.app.inject(request)).statusCode);
  return answers;
};

const from = (remoteAddress: string, url = '/answer'): InjectOptions => ({ url, remoteAddress });

describe('the limit of an address', () => {
  const settings = { rateLimits: { addressRequests: 2, callerRequests: 0 } };

  it('refuses what is beyond it in a second, says when to come back, and leaves other addresses alone', async () => {
    const server = serve({ settings });

    expect(
      await statuses(server, [from('192.0.2.1'), from('192.0.2.1'), from('192.0.2.2')]),
    ).toEqual([200, 200, 200]);
    const refused = await server.app.inject(from('192.0.2.1'));

    expect(refused.statusCode).toBe(429);
    expect(refused.headers['retry-after']).toBe('1');
    expect(refused.json()).toEqual({
      status: 429,
      code: 'Overloaded',
      message: expect.stringContaining('more than 2 requests a second'),
      request_id: refused.headers['x-request-id'],
    });
  });

  it('counts an IPv6 network as one, because a machine there has millions of addresses', async () => {
    const server = serve({ settings });

    const seen = await statuses(server, [
      from('2001:db8::1'),
      from('2001:db8::2'),
      from('2001:db8::3'),
      from('2001:db8:1::1'),
    ]);

    expect(seen).toEqual([200, 200, 429, 200]);
  });

  it('never refuses probes', async () => {
    const server = serve({ settings });
    const probes = ['/healthz', '/readyz'].flatMap((url) =>
      Array.from({ length: 4 }, () => from('192.0.2.1', url)),
    );

    expect(new Set(await statuses(server, probes))).toEqual(new Set([200]));
  });

  it('refuses what has no route too, so that probing for addresses is limited', async () => {
    const server = serve({ settings });
    const nothing = Array.from({ length: 3 }, () => from('192.0.2.1', '/nothing'));

    expect(await statuses(server, nothing)).toEqual([404, 404, 429]);
  });

  it('believes X-Forwarded-For of a trusted proxy only', async () => {
    const server = serve({ settings: { ...settings, trustedProxies: ['192.0.2.0/24'] } });
    const through = (proxy: string, client: string): InjectOptions => ({
      ...from(proxy),
      headers: { 'x-forwarded-for': client },
    });

    const trusted = ['203.0.113.1', '203.0.113.2', '203.0.113.3', '203.0.113.1', '203.0.113.1'];
    const foreign = ['203.0.113.4', '203.0.113.5', '203.0.113.6'];

    expect(
      await statuses(
        server,
        trusted.map((client) => through('192.0.2.9', client)),
      ),
    ).toEqual([200, 200, 200, 200, 429]);
    expect(
      await statuses(
        server,
        foreign.map((client) => through('198.51.100.9', client)),
      ),
    ).toEqual([200, 200, 429]);
  });

  it('lets a browser read the refusal', async () => {
    const server = serve({ settings: { ...settings, corsOrigins: ['*'] } });
    const asked = { ...from('192.0.2.1'), headers: { origin: 'https://example.org' } };

    await statuses(server, [asked, asked]);
    const refused = await server.app.inject(asked);

    expect(refused.statusCode).toBe(429);
    expect(refused.headers['access-control-allow-origin']).toBe('*');
  });
});

describe('the limit of a caller', () => {
  it('counts by subject, whatever the address, and only who is authenticated', async () => {
    const server = serve({
      settings: { rateLimits: { addressRequests: 0, callerRequests: 2 } },
      deps: { verifier: createTrustedHeaderVerifier({ subject: 'x-user', groups: 'x-groups' }) },
    });
    // A malformed query is refused after authentication, without a store.
    const as = (user?: string): InjectOptions => ({
      url: '/v1/tasks?page_size=0',
      ...(user !== undefined && { headers: { 'x-user': user } }),
    });

    expect(
      await statuses(server, [as('ada'), as('ada'), as('ada'), as('bob'), as(), as(), as()]),
    ).toEqual([400, 400, 429, 400, 401, 401, 401]);
  });

  it('refuses before the body is read', async () => {
    const server = serve({ settings: { rateLimits: { addressRequests: 0, callerRequests: 1 } } });

    const first = await server.post('/v1/tasks', 'no json');
    const second = await server.post('/v1/tasks', 'no json');

    expect([first.statusCode, second.statusCode]).toEqual([400, 429]);
  });
});

describe('a limit of 0', () => {
  it('is none', async () => {
    const server = serve({ settings: { rateLimits: { addressRequests: 0, callerRequests: 0 } } });
    const many = Array.from({ length: 50 }, () => from('192.0.2.1'));

    expect(new Set(await statuses(server, many))).toEqual(new Set([200]));
  });
});
