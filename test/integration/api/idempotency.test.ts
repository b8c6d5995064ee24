import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTrustedHeaderVerifier } from '../../../src/auth/verifiers/trusted-header.ts';
import { EXECUTORS, openTestApi, type TestApi } from '../../support/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi({
    deps: { verifier: createTrustedHeaderVerifier({ subject: 'x-user', groups: 'x-groups' }) },
  });
});
afterAll(() => api.close());

const send = (key: string, body: unknown, user = 'ada') =>
  api.post('/v1/tasks', body, { 'x-user': user, 'idempotency-key': key });

const namesOf = async (user: string): Promise<unknown[]> => {
  const rows = await api.store.rows('select name from tasks where owner = $1', [user]);
  return rows.map(({ name }) => name);
};

describe('an Idempotency-Key', () => {
  it('makes the same request sent again answer with the same id', async () => {
    const body = { name: 'again', executors: EXECUTORS };

    const first = await send('again', body);
    const second = await send('again', body);

    expect([first.statusCode, second.statusCode]).toEqual([200, 200]);
    expect(second.json()).toEqual(first.json());
    expect((await namesOf('ada')).filter((name) => name === 'again')).toHaveLength(1);
  });

  it('looks at what the document says, not at order, spelling or what is ignored', async () => {
    const first = await send('spelling', {
      name: 'spelling',
      executors: [{ ...EXECUTORS[0], ignore_error: true }],
      tags: { a: '1', b: '2' },
    });

    const second = await send('spelling', {
      tags: { b: '2', a: '1' },
      executors: [{ ignoreError: true, ...EXECUTORS[0], workdir: null }],
      callback_url: 'https://example.org',
      name: 'spelling',
    });

    expect(second.json()).toEqual(first.json());
  });

  it('is refused with 409 for another document, and nothing is created', async () => {
    await send('other', { name: 'first', executors: EXECUTORS });

    const answer = await send('other', { name: 'second', executors: EXECUTORS });

    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({ status: 409, code: 'IdempotencyKeyReused' });
    expect(await namesOf('ada')).not.toContain('second');
  });

  it('belongs to its owner', async () => {
    const body = { name: 'mine', executors: EXECUTORS };
    const adas = await send('shared', body, 'ada');

    const bobs = await send('shared', body, 'bob');

    expect(bobs.statusCode).toBe(200);
    expect(bobs.json()).not.toEqual(adas.json());
  });

  it('creates one task for twins that are sent at the same time', async () => {
    const body = { name: 'twin', executors: EXECUTORS };

    const answers = await Promise.all(Array.from({ length: 12 }, () => send('twin', body, 'tom')));

    expect(answers.map((answer) => answer.statusCode)).toEqual(Array(12).fill(200));
    expect(new Set(answers.map((answer) => answer.body)).size).toBe(1);
    expect(await namesOf('tom')).toEqual(['twin']);
  });

  it('is not used up by a document that is refused', async () => {
    const refused = await send('retry', { executors: [] });

    const accepted = await send('retry', { executors: EXECUTORS });

    expect([refused.statusCode, accepted.statusCode]).toEqual([400, 200]);
  });

  it.each([
    ['nothing', ''],
    ['a space', 'a b'],
    ['256 characters', 'k'.repeat(256)],
    ['a letter that is not ASCII', 'cl\u00e9'],
    ['a tab', 'a\tb'],
  ])('is refused with 400 when it holds %s', async (_title, key) => {
    const answer = await send(key, { executors: EXECUTORS });

    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      code: 'InvalidRequest',
      message: expect.stringContaining('Idempotency-Key'),
    });
  });

  it('may have 255 printable characters', async () => {
    const answer = await send(`"${'~'.repeat(253)}"`, { executors: EXECUTORS });

    expect(answer.statusCode).toBe(200);
  });

  it('is not needed: the same document twice without one makes two tasks', async () => {
    const body = { name: 'plain', executors: EXECUTORS };
    const first = await api.post('/v1/tasks', body, { 'x-user': 'eve' });
    const second = await api.post('/v1/tasks', body, { 'x-user': 'eve' });

    expect(second.json()).not.toEqual(first.json());
    expect(await namesOf('eve')).toEqual(['plain', 'plain']);
  });
});
