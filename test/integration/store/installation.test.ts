import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { openTestStore, type TestStore } from '../../support/store.ts';

describe('InstallationStore', () => {
  let store: TestStore;
  beforeAll(async () => {
    store = await openTestStore();
  });
  afterAll(() => store.close());

  it('makes the installation id at the first call, once for all callers', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, () => store.installation.id()));

    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('tells when it was made, always the same', async () => {
    const first = await store.installation.createdAt();

    expect(Math.abs(Date.now() - first.getTime())).toBeLessThan(60_000);
    expect(await store.installation.createdAt()).toEqual(first);
  });

  it('stores an engine at first sight and tells another one afterwards', async () => {
    expect(await store.installation.recognise('task-namespace', 'cluster-1')).toBe(true);
    expect(await store.installation.recognise('task-namespace', 'cluster-1')).toBe(true);
    expect(await store.installation.recognise('task-namespace', 'cluster-2')).toBe(false);
    expect(await store.installation.recognise('temporal-namespace', 'cluster-2')).toBe(true);
  });
});
