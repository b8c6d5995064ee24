import { afterAll, describe, expect, it } from '@jest/globals';

import { buildTestServer } from '../../support/api.ts';

const api = buildTestServer();
afterAll(() => api.close());

describe('GET /service-info', () => {
  it.each(['/ga4gh/tes/v1', '/v1', ''])('says under %j what this server can do', async (base) => {
    const answer = await api.get(`${base}/service-info`);

    expect(answer.json()).toEqual({
      id: 'org.example.orrery',
      name: 'Orrery',
      description: expect.any(String),
      organization: { name: 'Example', url: 'https://example.org/' },
      type: { group: 'org.ga4gh', artifact: 'tes', version: '1.1.0' },
      version: '0.1.0',
      storage: ['file:///data'],
      tesResources_backend_parameters: ['max_retries', 'priority', 'timeouts'],
    });
  });
});

describe('GET /tasks/service-info', () => {
  it.each(['/ga4gh/tes/v1', '/v1', ''])(
    'answers under %j the old shape, to which old py-tes allows no other field',
    async (base) => {
      const answer = await api.get(`${base}/tasks/service-info`);

      expect(answer.json()).toEqual({
        name: 'Orrery',
        doc: expect.any(String),
        storage: ['file:///data'],
      });
    },
  );
});
