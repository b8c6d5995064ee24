import { brotliDecompressSync, gunzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { openTestApi, type TestApi } from '../../support/api.ts';

let api: TestApi;
let id: string;
beforeAll(async () => {
  api = await openTestApi();
  const description = 'a long story '.repeat(10_000);
  id = await api.create({ description });
});
afterAll(() => api.close());

const ask = (view: string, encoding?: string) =>
  api.get(
    `/v1/tasks/${id}?view=${view}`,
    encoding === undefined ? {} : { 'accept-encoding': encoding },
  );

describe('a large answer', () => {
  it.each([
    ['gzip', gunzipSync],
    ['br', brotliDecompressSync],
  ])('is compressed with %s for who asks for it', async (encoding, decompress) => {
    const plain = await ask('FULL');
    const packed = await ask('FULL', encoding);

    expect(packed.headers['content-encoding']).toBe(encoding);
    expect(packed.headers['content-type']).toBe(plain.headers['content-type']);
    expect(packed.headers.vary).toMatch(/accept-encoding/i);
    expect(packed.rawPayload.length * 10).toBeLessThan(plain.rawPayload.length);
    expect(JSON.parse(decompress(packed.rawPayload).toString())).toEqual(plain.json());
  });

  it.each([undefined, 'identity', 'zstd', 'x-unknown', '*;q=0, identity'])(
    'is left alone when the client asks for %j',
    async (encoding) => {
      const answer = await ask('FULL', encoding);

      expect(answer.statusCode).toBe(200);
      expect(answer.headers['content-encoding']).toBeUndefined();
      expect(answer.json()).toMatchObject({ id });
    },
  );
});

describe('a small answer', () => {
  it('is left alone: a page of 256 tasks in the view MINIMAL is one', async () => {
    await Promise.all(Array.from({ length: 255 }, () => api.create()));

    const page = await api.get('/v1/tasks', { 'accept-encoding': 'gzip, br' });

    expect(page.json<{ tasks: unknown[] }>().tasks).toHaveLength(256);
    expect(page.headers['content-encoding']).toBeUndefined();
    expect(Number(page.headers['content-length'])).toBe(page.rawPayload.length);
  });
});
