import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { buildTestServer } from '../../support/api.ts';

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string }[];
}

interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

const api = buildTestServer();
let document: OpenApi;
beforeAll(async () => {
  const answer = await api.get('/openapi.json');
  document = answer.json<OpenApi>();
});
afterAll(() => api.close());

describe('the OpenAPI document', () => {
  it('has each operation once, those of TES at the official path', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => [operationId, method, path]),
    );

    expect(operations.toSorted()).toEqual([
      ['BatchCancelTasks', 'post', '/api/v1/tasks:batchCancel'],
      ['BatchCreateTasks', 'post', '/api/v1/tasks:batchCreate'],
      ['CancelTask', 'post', '/ga4gh/tes/v1/tasks/{id}:cancel'],
      ['CreateTask', 'post', '/ga4gh/tes/v1/tasks'],
      ['GetServiceInfo', 'get', '/ga4gh/tes/v1/service-info'],
      ['GetTask', 'get', '/ga4gh/tes/v1/tasks/{id}'],
      ['ListTasks', 'get', '/ga4gh/tes/v1/tasks'],
    ]);
  });

  it('names its components and refers to nothing else', () => {
    const names = Object.keys(document.components.schemas);
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)];

    expect(names).toEqual(
      expect.arrayContaining(['tesTask', 'tesExecutor', 'tesTaskLog', 'error']),
    );
    expect(references.length).toBeGreaterThan(20);
    expect(names.map((name) => `#/components/schemas/${name}`)).toEqual(
      expect.arrayContaining(references.map(([, target]) => target)),
    );
  });

  it('says where an Idempotency-Key may be sent', () => {
    const withKey = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods)
        .filter(({ parameters = [] }) => parameters.some(({ name }) => name === 'Idempotency-Key'))
        .map(({ operationId }) => operationId),
    );

    expect(withKey.toSorted()).toEqual(['BatchCreateTasks', 'CreateTask']);
  });

  it('has no trace of the tool that made it', () => {
    expect(JSON.stringify(document)).not.toMatch(/"\$id"|"~|schema-\d|def-\d/);
  });
});

describe('/docs', () => {
  it('is a page to read and try the API', async () => {
    const answer = await api.get('/docs');

    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^text\/html/);
  });
});
