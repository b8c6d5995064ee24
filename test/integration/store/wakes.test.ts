import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { startCutOffProxy } from '../../support/cut-off-proxy.ts';
import { aPool, aSecondStore, openTestStore, type TestStore } from '../../support/store.ts';
import { until } from '../../support/until.ts';

const CONNECTIONS =
  "from pg_stat_activity where application_name = 'orrery-wakings' and datname = current_database()";

let store: TestStore;
const listeners: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  store = await openTestStore();
});
afterEach(async () => {
  await Promise.all(listeners.splice(0).map((listener) => listener.stop()));
});
afterAll(() => store.close());

/** A listener that listens already, and how often it was woken since. */
async function aListener(): Promise<{ readonly heard: () => number }> {
  let heard = 0;
  listeners.push(
    store.wakes.listen(() => {
      heard += 1;
    }),
  );
  await until(() => heard > 0, { what: 'it listens', withinMs: 5_000, everyMs: 10 });
  heard = 0;
  return { heard: () => heard };
}

describe('a waking', () => {
  it('is heard by every listener', async () => {
    const [one, other] = [await aListener(), await aListener()];

    store.wakes.wake();

    await until(() => one.heard() > 0 && other.heard() > 0, {
      what: 'it is heard',
      withinMs: 5_000,
    });
    expect([one.heard(), other.heard()]).toEqual([1, 1]);
  });

  it('is sent at once and then at most every 50 ms, and the last one is not lost', async () => {
    const listener = await aListener();
    const begin = performance.now();

    while (performance.now() < begin + 300) {
      store.wakes.wake();
      await new Promise(setImmediate);
    }

    await until(() => listener.heard() > 1, { what: 'it is heard', withinMs: 5_000 });
    expect(listener.heard()).toBeLessThanOrEqual(8);
  });

  it('is heard again after the connection was lost, and losing it counts as a waking', async () => {
    const listener = await aListener();

    await store.rows(`select pg_terminate_backend(pid) ${CONNECTIONS}`);

    await until(() => listener.heard() === 1, { what: 'it listens again', withinMs: 10_000 });
    store.wakes.wake();
    await until(() => listener.heard() > 1, { what: 'it is heard', withinMs: 5_000 });
    expect(listener.heard()).toBe(2);
  });

  it('needs no connection of the pool, and none is left once the listener has stopped', async () => {
    await aListener();
    expect(await store.rows(`select ${CONNECTIONS}`)).toHaveLength(1);

    await listeners.pop()?.stop();

    await until(async () => (await store.rows(`select ${CONNECTIONS}`)).length === 0, {
      what: 'the connection is closed',
      withinMs: 5_000,
    });
  });

  it('is not waited for by who stops while the machine of Postgres has vanished', async () => {
    await using proxy = await startCutOffProxy(store.url);
    const url = new URL(store.url);
    url.port = new URL(proxy.origin).port;
    const pool = aPool(url.href);
    let hears = false;
    const listener = aSecondStore(pool).wakes.listen(() => {
      hears = true;
    });
    await until(() => hears, { what: 'it listens', withinMs: 5_000, everyMs: 10 });
    proxy.freeze();

    await expect(listener.stop()).resolves.toBeUndefined();
    await pool.end();
  }, 30_000);
});
