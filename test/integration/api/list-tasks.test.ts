import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { openTestApi, type TestApi } from '../../support/api.ts';

interface List {
  readonly tasks: readonly { readonly id: string; readonly name?: string }[];
  readonly next_page_token?: string;
}

let api: TestApi;
const ids: string[] = [];
beforeAll(async () => {
  api = await openTestApi();
  for (let index = 0; index < 7; index += 1) {
    ids.push(
      await api.create({
        name: index < 5 ? `100%_${index}` : `100x${index}`,
        tags: { group: index % 2 === 0 ? 'even' : 'odd', index: String(index) },
      }),
    );
  }
});
afterAll(() => api.close());

const list = async (query: string): Promise<List> => {
  const answer = await api.get(`/ga4gh/tes/v1/tasks${query}`);
  return answer.json<List>();
};

const found = async (query: string): Promise<number[]> =>
  (await list(query)).tasks.map((task) => ids.indexOf(task.id));

describe('GET /tasks', () => {
  it('lists the newest task first, in the MINIMAL view, without a token after the last page', async () => {
    const newest = ids.toReversed().map((id) => ({ id, state: 'QUEUED' }));

    expect(await list('')).toEqual({ tasks: newest });
  });

  it('walks all pages without a repetition and ends without a token', async () => {
    const seen: string[] = [];
    let query = '?page_size=3';
    const tokens: (string | undefined)[] = [];
    do {
      const page = await list(query);
      seen.push(...page.tasks.map((task) => task.id));
      tokens.push(page.next_page_token);
      query = `?page_size=3&page_token=${page.next_page_token ?? ''}`;
    } while (tokens.at(-1) !== undefined);

    expect(seen).toEqual(ids.toReversed());
    expect(tokens).toEqual([
      expect.stringMatching(/^[\w-]+$/),
      expect.stringMatching(/^[\w-]+$/),
      undefined,
    ]);
  });

  it('gives no token after a last page that is full', async () => {
    const page = await list('?page_size=7');

    expect(page.tasks).toHaveLength(7);
    expect(page).not.toHaveProperty('next_page_token');
  });

  it('takes the name prefix literally', async () => {
    expect(await found('?name_prefix=100%25_')).toEqual([4, 3, 2, 1, 0]);
  });

  it('zips repeated tag keys and values by index, in whatever order the client sends them', async () => {
    expect(await found('?tag_key=group&tag_key=index&tag_value=even&tag_value=2')).toEqual([2]);
    expect(await found('?tag_key=group&tag_value=even&tag_key=index&tag_value=2')).toEqual([2]);
    expect(await found('?tag_key=group&tag_key=index&tag_value=odd')).toEqual([5, 3, 1]);
    expect(await found('?tag_key=nobody')).toEqual([]);
  });

  it('combines all filters by AND', async () => {
    expect(await found('?state=QUEUED&name_prefix=100x&tag_key=group&tag_value=odd')).toEqual([5]);
    expect(await found('?state=COMPLETE&tag_key=group')).toEqual([]);
  });

  it('treats empty parameters as absent', async () => {
    const query = '?view=&state=&name_prefix=&page_size=&page_token=&tag_key=&tag_value=';

    expect(await found(query)).toEqual([6, 5, 4, 3, 2, 1, 0]);
  });

  it('carries executors in the larger views', async () => {
    const page = await list('?view=BASIC&page_size=1');

    expect(page.tasks).toEqual([expect.objectContaining({ executors: [expect.anything()] })]);
  });

  it.each([
    ['page_size=0', '/page_size'],
    ['page_size=-1', '/page_size'],
    ['page_size=2048', '/page_size'],
    ['page_size=1e3', '/page_size'],
    ['page_size=99999999999999999999999999', '/page_size'],
    ['page_size=1&page_size=2', '/page_size'],
    ['page_size=all', '/page_size'],
    ['page_token=abc', '/page_token'],
    ['page_token=%00', '/page_token'],
    ['state=queued', '/state'],
    ['state=DONE', '/state'],
    ['view=EVERYTHING', '/view'],
    ['tag_value=1', '/tag_value'],
    ['tag_key=a&tag_value=1&tag_value=2', '/tag_value'],
  ])('refuses %s with 400 and names the parameter', async (query, pointer) => {
    const answer = await api.get(`/v1/tasks?${query}`);

    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'InvalidRequest', details: [{ pointer }] });
  });

  it.each([
    'name_prefix=%00',
    'name_prefix=%ff%fe',
    'tag_key=%00&tag_value=%00',
    '__proto__=1',
    'constructor=1&prototype=2',
    'tag_key[a]=1',
    '&&&===&',
    'unknown=1',
    `name_prefix=${'x'.repeat(10_000)}`,
  ])('survives %s', async (query) => {
    const answer = await api.get(`/v1/tasks?${query}`);

    expect([200, 400]).toContain(answer.statusCode);
  });
});
