import { describe, expect, it } from '@jest/globals';

import { createTrustedHeaderVerifier } from '../../../src/auth/verifiers/trusted-header.ts';
import { buildTestServer, type TestServer } from '../../support/api.ts';

const withApi = async (corsOrigins: string[], use: (api: TestServer) => Promise<void>) => {
  const verifier = createTrustedHeaderVerifier({ subject: 'x-user', groups: 'x-groups' });
  const api = buildTestServer(undefined, { settings: { corsOrigins }, deps: { verifier } });
  try {
    await use(api);
  } finally {
    await api.close();
  }
};

const preflight = (api: TestServer, origin: string) =>
  api.app.inject({
    method: 'OPTIONS',
    url: '/ga4gh/tes/v1/tasks/x:cancel',
    headers: {
      origin,
      'access-control-request-method': 'DELETE',
      'access-control-request-headers': 'authorization,content-type',
    },
  });

describe('a web page', () => {
  it('of a listed origin may send Authorization and DELETE, as its preflight learns without signing in', async () => {
    await withApi(['https://ui.example.org'], async (api) => {
      const answer = await preflight(api, 'https://ui.example.org');

      expect(answer.statusCode).toBe(204);
      expect(answer.headers).toMatchObject({
        'access-control-allow-origin': 'https://ui.example.org',
        'access-control-allow-methods': expect.stringContaining('DELETE'),
        'access-control-allow-headers': expect.stringMatching(/authorization.*content-type/i),
      });
    });
  });

  it('of a listed origin may read errors too', async () => {
    await withApi(['https://ui.example.org'], async (api) => {
      const answer = await api.get('/v1/tasks', { origin: 'https://ui.example.org' });

      expect(answer.statusCode).toBe(401);
      expect(answer.headers['access-control-allow-origin']).toBe('https://ui.example.org');
    });
  });

  it('of another origin is not let in', async () => {
    await withApi(['https://ui.example.org'], async (api) => {
      const answer = await preflight(api, 'https://evil.example.org');

      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    });
  });

  it('of any origin is let in when the setting is *', async () => {
    await withApi(['*'], async (api) => {
      const answer = await preflight(api, 'https://any.example.org');

      expect(answer.headers['access-control-allow-origin']).toBe('*');
    });
  });

  it('is not let in when no origins are set', async () => {
    await withApi([], async (api) => {
      const answer = await api.get('/v1/service-info', { origin: 'https://any.example.org' });

      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    });
  });
});
