import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';

import type { TaskDocument } from '../../../src/tes/task.ts';
import { openTestApi, type TestApi } from '../../support/api.ts';
import { anyText, brokenBody, wildBody } from '../../support/arbitrary-bodies.ts';
import { validBody } from '../../support/task-bodies.ts';

/** Of each property; more runs would find more, at the cost of everybody's time. */
const BUDGET = { interruptAfterTimeLimit: 5_000, numRuns: 500 };

/** These end the process in production, where nobody listens. */
const unhandled: unknown[] = [];
const remember = (reason: unknown) => unhandled.push(reason);

let api: TestApi;
beforeAll(async () => {
  process.on('unhandledRejection', remember);
  api = await openTestApi({ settings: { bodyLimit: 1_000_000 } });
});
afterAll(async () => {
  await api.close();
  process.off('unhandledRejection', remember);
});

const send = (url: string, payload: string | Buffer, headers: Record<string, string> = {}) =>
  api.app.inject({ method: 'POST', url, payload, headers });

/** What every answer must be, whatever was asked. */
const expectSound = (answer: LightMyRequestResponse, statuses: readonly number[]): void => {
  expect(statuses).toContain(answer.statusCode);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  const body = answer.json<{ status?: number; code?: string; message?: string }>();
  if (answer.statusCode === 200) return;
  expect(body.status).toBe(answer.statusCode);
  expect(body.message).toMatch(/\.$/s);
  expect(answer.body).not.toMatch(/node_modules|\bat \/|select |insert |pg_|TypeError/);
};

const shown = async (id: string): Promise<Record<string, unknown>> => {
  const answer = await api.get(`/v1/tasks/${id}?view=FULL`);
  expect(answer.statusCode).toBe(200);
  return answer.json();
};

/** A valid body as it must be shown: types filled in, cores rounded up, what was empty left out. */
const asShown = (body: Partial<TaskDocument>): Record<string, unknown> => {
  const withType = (item: object) => ({ type: 'FILE', ...item });
  const cores = body.resources?.cpu_cores;
  return {
    ...body,
    ...(body.inputs && { inputs: body.inputs.map(withType) }),
    ...(body.outputs && { outputs: body.outputs.map(withType) }),
    ...(body.resources && {
      resources: { ...body.resources, ...(cores !== undefined && { cpu_cores: Math.ceil(cores) }) },
    }),
  };
};

describe('whatever is sent', () => {
  it('a valid document is accepted and read back equal in FULL view', async () => {
    await fc.assert(
      fc.asyncProperty(validBody, async (body) => {
        const text = JSON.stringify(body);
        // Refused as a whole, because too many programs behind us would trip over it.
        fc.pre(!text.includes('"__proto__":'));
        const answer = await send('/v1/tasks', text);
        expectSound(answer, [200]);

        const { id, state, logs, creation_time, ...document } = await shown(
          answer.json<{ id: string }>().id,
        );
        expect([typeof id, state, typeof creation_time]).toEqual(['string', 'QUEUED', 'string']);
        expect(logs).toHaveLength(1);
        expect(document).toEqual(asShown(body));
      }),
      BUDGET,
    );
  });

  it('a document of wild values is accepted or refused, and what is accepted can be sent again', async () => {
    await fc.assert(
      fc.asyncProperty(wildBody, async (body) => {
        const answer = await send('/v1/tasks', body);
        expectSound(answer, [200, 400]);
        if (answer.statusCode === 400) return;

        const first = await shown(answer.json<{ id: string }>().id);
        const again = await send('/v1/tasks', JSON.stringify(first));
        const second = await shown(again.json<{ id: string }>().id);
        const changing = { id: '', creation_time: '', logs: [] };
        expect({ ...second, ...changing }).toEqual({ ...first, ...changing });
      }),
      BUDGET,
    );
  });

  it('bytes that are no document are refused', async () => {
    await fc.assert(
      fc.asyncProperty(brokenBody, async (body) => {
        expectSound(await send('/v1/tasks', body), [400, 413]);
      }),
      BUDGET,
    );
  });

  it('a query is answered or refused', async () => {
    const name = fc.oneof(
      fc.constantFrom(
        ...['name_prefix', 'state', 'tag_key', 'tag_value', 'page_size', 'page_token', 'view'],
        ...['__proto__', 'constructor', 'tag_key[]', 'view[x]', ''],
      ),
      anyText,
    );
    const value = fc.oneof(
      anyText,
      fc.constantFrom(
        'FULL',
        'QUEUED',
        '0',
        '2047',
        '2048',
        '-1',
        '1e3',
        '9'.repeat(400),
        '%',
        "'",
      ),
      fc.base64String(),
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text).toString('base64url')),
    );
    const pair = fc.tuple(name, value, fc.boolean());
    const encoded = (text: string) => encodeURIComponent(text.toWellFormed());
    const query = fc
      .array(pair, { maxLength: 6 })
      .map((pairs) =>
        pairs
          .map(
            ([key, text, raw]) =>
              `${encoded(key)}=${raw ? text.replace(/[^!-~]|[#&]/g, '%') : encoded(text)}`,
          )
          .join('&'),
      );

    await fc.assert(
      fc.asyncProperty(query, fc.constantFrom('/v1/tasks', '/tasks/x'), async (text, path) => {
        expectSound(await api.get(`${path}?${text}`), [200, 400, 404]);
      }),
      BUDGET,
    );
  });

  it('an id, a verb and a method lead somewhere or nowhere', async () => {
    const id = fc.oneof(
      anyText.map((text) => encodeURIComponent(text.toWellFormed())),
      fc.stringMatching(/^[!-~]{0,20}$/).map((text) => text.replaceAll(/[#?]/g, '')),
      fc.uuid(),
    );
    const request = fc.record({
      method: fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', 'HEAD', 'OPTIONS'),
      url: fc
        .tuple(
          fc.constantFrom('/ga4gh/tes/v1/tasks/', '/v1/tasks/', '/tasks/', '/api/v1/tasks', '/'),
          id,
          fc.constantFrom('', ':cancel', '%3Acancel', ':', '::cancel', '/', '/../x'),
        )
        .map((parts) => parts.join('')),
    });

    await fc.assert(
      fc.asyncProperty(request, async ({ method, url }) => {
        // The rest cannot even be injected.
        fc.pre(URL.canParse(url, 'http://localhost'));
        const answer = await api.app.inject({ method, url } as InjectOptions);

        expect(answer.statusCode).toBeLessThan(500);
      }),
      BUDGET,
    );
  });

  it('headers change nothing but what they are for', async () => {
    const headers = fc.dictionary(
      fc.constantFrom(
        ...['content-type', 'content-encoding', 'accept', 'accept-encoding', 'authorization'],
        ...['idempotency-key', 'x-request-id', 'origin', 'expect', 'transfer-encoding'],
      ),
      fc.oneof(
        fc.stringMatching(/^[ -~]{0,40}$/),
        fc.constantFrom(
          'application/json',
          'Basic Og==',
          'gzip',
          '*/*',
          'text/html',
          '100-continue',
        ),
      ),
      { maxKeys: 4 },
    );

    await fc.assert(
      fc.asyncProperty(headers, async (sent) => {
        const answer = await send(
          '/v1/tasks',
          '{"executors":[{"image":"a","command":["b"]}]}',
          sent,
        );

        expect([200, 400, 409, 415]).toContain(answer.statusCode);
      }),
      BUDGET,
    );
  });

  it('a batch says of each of its members what became of it', async () => {
    const members = fc.array(fc.oneof(validBody, fc.jsonValue()), { minLength: 1, maxLength: 5 });

    await fc.assert(
      fc.asyncProperty(members, async (tasks) => {
        const text = JSON.stringify({ tasks });
        const answer = await send('/api/v1/tasks:batchCreate', text);

        expectSound(answer, text.includes('"__proto__":') ? [200, 400] : [200]);
        const { results = [] } = answer.json<{ results?: object[] }>();
        expect(results.map((result) => Object.keys(result).join())).toEqual(
          results.map(() => expect.stringMatching(/^(id|error)$/)),
        );
      }),
      BUDGET,
    );
  });

  it('a cancel of many takes any body without harm', async () => {
    const selection = fc.oneof(
      brokenBody,
      fc.jsonValue().map((value) => JSON.stringify(value)),
      fc
        .record(
          {
            states: fc.oneof(fc.jsonValue(), fc.array(fc.constantFrom('QUEUED', 'COMPLETE', 'x'))),
            tags: fc.oneof(fc.jsonValue(), fc.dictionary(anyText, anyText)),
            ids: fc.oneof(fc.jsonValue(), fc.array(fc.oneof(anyText, fc.uuid()))),
          },
          { requiredKeys: [] },
        )
        .map((value) => JSON.stringify(value)),
    );

    await fc.assert(
      fc.asyncProperty(selection, async (body) => {
        expectSound(await send('/api/v1/tasks:batchCancel', body), [200, 400, 413]);
      }),
      BUDGET,
    );
  });

  it('nothing was left unhandled and no bug was logged', () => {
    expect(unhandled).toEqual([]);
    expect(api.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });
});
