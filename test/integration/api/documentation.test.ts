import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { buildTestServer } from '../../support/api.ts';

interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, { operationId: string }>>>>;
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
  it('has each operation once, at the official path', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => [operationId, method, path]),
    );

    expect(operations.toSorted()).toEqual([
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
