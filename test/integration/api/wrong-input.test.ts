import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { EXECUTORS, openTestApi, type TestApi } from '../../support/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi({
    settings: { bodyLimit: 1_000_000 },
  });
});
afterAll(() => api.close());

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const withName = (name: string): string =>
  `{"executors":${JSON.stringify(EXECUTORS)},"name":${name}}`;

const BODIES: [string, string | Buffer | undefined][] = [
  ['no body', undefined],
  ['an empty body', ''],
  ['blanks', '  \n '],
  ['broken JSON', '{"executors": ['],
  ['a word', 'hello'],
  ['single quotes', "{'executors': []}"],
  ['a trailing comma', '{"executors": [],}'],
  ['two documents', '{}{}'],
  ['YAML', 'executors:\n- image: a'],
  ['a form', 'executors=1&name=2'],
  ['null', 'null'],
  ['a number', '42'],
  ['a text', '"text"'],
  ['true', 'true'],
  ['an array', '[]'],
  ['an array of tasks', `[{"executors":${JSON.stringify(EXECUTORS)}}]`],
  ['an empty object', '{}'],
  ['executors that are an object', '{"executors":{}}'],
  ['no executors', '{"executors":[]}'],
  ['null executors', '{"executors":[null]}'],
  ['a number as name', withName('1')],
  ['an array as name', withName('[]')],
  ['an object as name', withName('{"$ne":1}')],
  ['a NUL in the name', withName(String.raw`"a\u0000b"`)],
  ['half a surrogate pair', withName(String.raw`"\ud800"`)],
  ['Latin-1', Buffer.from(withName('"é"'), 'latin1')],
  ['UTF-16', Buffer.from(withName('"x"'), 'utf16le')],
  ['UTF-32 with a mark', Buffer.from([0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0])],
  ['gzip without saying so', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0])],
  ['a number beyond all', withName('"x","resources":{"cpu_cores":1e999}')],
  ['a negative amount', withName('"x","resources":{"ram_gb":-1}')],
  ['deep nesting', nested(100_000)],
  ['deep nesting inside', withName(nested(100_000))],
  ['a prototype', withName('"x","__proto__":{"executors":[]}')],
  ['an escaped prototype', withName(String.raw`"x","tags":{"\u005f_proto__":"y"}`)],
  ['too many executors', `{"executors":[${Array.from({ length: 33 }, () => '{}').join()}]}`],
];

describe('POST /tasks', () => {
  it.each(BODIES)('answers %s with 400 and a sentence', async (_title, body) => {
    const answer = await api.post('/v1/tasks', body, { 'content-type': 'application/json' });

    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toEqual({
      status: 400,
      code: expect.stringMatching(/^Invalid(Task|Request)$/),
      message: expect.stringMatching(/^\w.{20,}\.$/s),
      details: expect.arrayContaining([
        { pointer: expect.any(String), message: expect.any(String) },
      ]),
      request_id: answer.headers['x-request-id'],
    });
  });

  it.each(['constructor', 'prototype', 'toString', 'hasOwnProperty'])(
    'treats %s as the ordinary key it is',
    async (key) => {
      const tags = { [key]: 'x' };
      const id = await api.create({ tags, [key]: 1 });

      const answer = await api.get(`/v1/tasks/${id}?view=FULL`);

      expect(answer.json()).toMatchObject({ id, tags });
    },
  );

  it('answers a body beyond the limit with 413', async () => {
    const answer = await api.post('/v1/tasks', withName(`"${'x'.repeat(1_000_000)}"`));

    expect(answer.statusCode).toBe(413);
    expect(answer.json()).toMatchObject({ status: 413, code: 'BodyTooLarge' });
  });

  it('answers a compressed body with 415', async () => {
    const answer = await api.post('/v1/tasks', withName('"x"'), { 'content-encoding': 'gzip' });

    expect(answer.statusCode).toBe(415);
    expect(answer.json()).toMatchObject({ status: 415, code: 'UnsupportedMediaType' });
  });

  it('answers a wrong Content-Length with 400', async () => {
    const answer = await api.post('/v1/tasks', '{}', { 'content-length': '7' });

    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'InvalidRequest' });
  });
});

describe('any other request', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/nothing'],
    ['GET', '/ga4gh/tes/v1'],
    ['GET', '/ga4gh/tes/v2/tasks'],
    ['POST', '/v1/task'],
    ['GET', '/v1/tasks/a/logs'],
    ['DELETE', '/.env'],
  ])('is a 404 in the one shape when there is nothing: %s %s', async (method, url) => {
    const answer = await api.app.inject({ method: method as 'GET', url, payload: '{"a":' });

    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.json()).toMatchObject({
      status: 404,
      request_id: answer.headers['x-request-id'],
    });
  });

  it.each([
    ['PUT', '/v1/tasks', 'GET, POST'],
    ['DELETE', '/tasks', 'GET, POST'],
    ['PATCH', '/v1/tasks/x', 'GET'],
    ['POST', '/v1/tasks/x:start', 'GET'],
    ['DELETE', '/ga4gh/tes/v1/tasks/x', 'GET'],
    ['GET', '/v1/tasks/x:cancel', 'POST, DELETE'],
    ['POST', '/v1/service-info', 'GET'],
  ])('is a 405 that names the methods there are: %s %s', async (method, url, allow) => {
    const answer = await api.app.inject({ method: method as 'PUT', url, payload: '{"a":' });

    expect(answer.statusCode).toBe(405);
    expect(answer.headers.allow).toBe(allow);
    expect(answer.json()).toMatchObject({ status: 405, code: 'MethodNotAllowed' });
  });

  it.each(['/v1/tasks/%', '/v1/tasks/%zz', '/%ff'])('is a 400 when %s is no URL', async (url) => {
    const answer = await api.get(url);

    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'InvalidRequest', request_id: expect.any(String) });
  });
});

describe('a request id', () => {
  it('comes back in the header and in errors', async () => {
    const answer = await api.get('/nothing', { 'x-request-id': 'edge-42' });

    expect(answer.headers['x-request-id']).toBe('edge-42');
    expect(answer.json()).toMatchObject({ request_id: 'edge-42' });
  });
});
