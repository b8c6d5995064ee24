import { describe, expect, it } from '@jest/globals';

import { parseListQuery, parseView } from '../../../src/tes/list-query.ts';
import { encodePageToken } from '../../../src/tes/page-token.ts';
import type { InvalidRequest } from '../../../src/tes/problems.ts';

const DEFAULTS = { tags: [], pageSize: 256, view: 'MINIMAL' };

function pointersOf(raw: Record<string, unknown>): string[] {
  try {
    parseListQuery(raw);
    return [];
  } catch (error) {
    return (error as InvalidRequest).problems.map((problem) => problem.pointer);
  }
}

describe('parseListQuery', () => {
  it('asks for the newest 256 tasks in MINIMAL view when nothing is said', () => {
    expect(parseListQuery({})).toStrictEqual(DEFAULTS);
  });

  it('takes empty parameters as absent', () => {
    const raw = {
      name_prefix: '',
      state: '',
      page_size: '',
      page_token: '',
      view: '',
      tag_key: '',
    };

    expect(parseListQuery(raw)).toStrictEqual(DEFAULTS);
  });

  it('reads every parameter', () => {
    const cursor = {
      createdAt: '2026-11-21T10:00:00.123456Z',
      id: '019aa000-0000-7000-8000-000000000001',
    };
    const raw = {
      name_prefix: 'a%_',
      state: 'UNKNOWN',
      page_size: '2047',
      page_token: encodePageToken(cursor),
      view: 'full',
      unknown: 'x',
    };

    expect(parseListQuery(raw)).toStrictEqual({
      namePrefix: 'a%_',
      state: 'UNKNOWN',
      tags: [],
      pageSize: 2047,
      pageToken: cursor,
      view: 'FULL',
    });
  });

  it.each([
    ['one key', { tag_key: 'a' }, [{ key: 'a' }]],
    ['one pair', { tag_key: 'a', tag_value: '1' }, [{ key: 'a', value: '1' }]],
    [
      'several pairs by their index',
      { tag_key: ['b', 'a'], tag_value: ['2', '1'] },
      [
        { key: 'b', value: '2' },
        { key: 'a', value: '1' },
      ],
    ],
    [
      'an empty value as any value',
      { tag_key: ['a', 'b', 'c'], tag_value: ['', '2'] },
      [{ key: 'a' }, { key: 'b', value: '2' }, { key: 'c' }],
    ],
    [
      'one key twice as two conditions',
      { tag_key: ['a', 'a'], tag_value: ['1', '2'] },
      [
        { key: 'a', value: '1' },
        { key: 'a', value: '2' },
      ],
    ],
  ])('reads tags: %s', (_, raw, tags) => {
    expect(parseListQuery(raw).tags).toStrictEqual(tags);
  });

  it.each([
    ['more values than keys', { tag_key: 'a', tag_value: ['1', '2'] }, '/tag_value'],
    ['a value without key', { tag_value: '1' }, '/tag_value'],
    ['an empty key among others', { tag_key: ['a', ''] }, '/tag_key'],
    ['an empty key with a value', { tag_key: '', tag_value: '1' }, '/tag_key'],
    ['a page of nothing', { page_size: '0' }, '/page_size'],
    ['a page of 2048', { page_size: '2048' }, '/page_size'],
    ['a page size that is no number', { page_size: '1e2' }, '/page_size'],
    ['a negative page size', { page_size: '-1' }, '/page_size'],
    ['a parameter twice', { page_size: ['1', '2'] }, '/page_size'],
    ['an unknown state', { state: 'complete' }, '/state'],
    ['an unknown view', { view: 'ALL' }, '/view'],
    ['a foreign page token', { page_token: 'abc' }, '/page_token'],
    ['nested parameters', { name_prefix: { a: 'b' } }, '/name_prefix'],
  ])('refuses %s', (_, raw, pointer) => {
    expect(pointersOf(raw)).toStrictEqual([pointer]);
  });

  it('reports all problems at once', () => {
    expect(pointersOf({ state: 'x', view: 'y', page_size: 'z', tag_value: '1' })).toStrictEqual([
      '/state',
      '/tag_value',
      '/page_size',
      '/view',
    ]);
  });

  it('does not take inherited members for parameters', () => {
    expect(parseListQuery(Object.create({ state: 'x' }) as object as never)).toStrictEqual(
      DEFAULTS,
    );
  });
});

describe('parseView', () => {
  it.each([
    ['basic', 'BASIC'],
    ['Full', 'FULL'],
    ['', 'MINIMAL'],
    [undefined, 'MINIMAL'],
  ])('reads %j as %s', (view, expected) => {
    expect(parseView({ view })).toBe(expected);
  });
});
