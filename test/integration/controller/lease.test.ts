import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { type Candidate, standForLease } from '../../../src/controller/lease.ts';
import { createLeaseStore } from '../../../src/store/lease.ts';
import type { Pool } from '../../../src/store/pool.ts';
import type { LeaseStore, Term } from '../../../src/store/ports.ts';
import { createTermStore } from '../../../src/store/store.ts';
import { printMetrics } from '../../../src/telemetry/metrics.ts';
import { type CutOffProxy, startCutOffProxy } from '../../support/cut-off-proxy.ts';
import { aPool, openTestStore, type TestStore } from '../../support/store.ts';
import { until } from '../../support/until.ts';

const logger = pino({ level: 'silent' });

/** A fifth of the real one, so that tests need not wait. */
const SHORT_MS = 3_000;

/** Renewed so rarely that no renewal happens within a test. */
const LONG_MS = 120_000;

let store: TestStore;
let proxy: CutOffProxy;
let behindProxy: Pool;
let candidates: Candidate[];

beforeAll(async () => {
  store = await openTestStore();
  proxy = await startCutOffProxy(store.url);
  const url = new URL(store.url);
  url.port = new URL(proxy.origin).port;
  behindProxy = aPool(url.href);
});
beforeEach(() => {
  candidates = [];
});
afterEach(async () => {
  proxy.up();
  await Promise.all(candidates.map((candidate) => candidate.stop()));
  await store.rows("update lease set expires_at = '-infinity'");
});
afterAll(async () => {
  await behindProxy.end();
  await proxy[Symbol.asyncDispose]();
  await store.close();
});

/** What a candidate did, by `performance.now()`. */
interface Diary {
  readonly candidate: Candidate;
  readonly terms: { readonly term: Term; readonly begun: number; ended?: number }[];
}

function aCandidate(
  holder: string,
  { lease = createLeaseStore(store.pool, SHORT_MS), prepare = () => Promise.resolve() } = {},
): Diary {
  const terms: Diary['terms'] = [];
  const begin = (term: Term) => {
    const entry: Diary['terms'][number] = { term, begun: performance.now() };
    terms.push(entry);
    return {
      trouble: () => undefined,
      stop: () => {
        entry.ended = performance.now();
        return Promise.resolve();
      },
    };
  };
  const candidate = standForLease({
    lease,
    holder,
    logger,
    prepare: async () => {
      await prepare();
      return begin;
    },
  });
  candidates.push(candidate);
  return { candidate, terms };
}

function isActive({ terms }: Diary): boolean {
  const last = terms.at(-1);
  return last !== undefined && last.ended === undefined;
}

async function begins(diary: Diary, what: string): Promise<void> {
  await until(() => isActive(diary), { what, withinMs: 20_000, everyMs: 10 });
}

function behind(): LeaseStore {
  return createLeaseStore(behindProxy, SHORT_MS);
}

describe('two controllers', () => {
  it('work one at a time; the other one is ready and says whom it waits for', async () => {
    const ada = aCandidate('ada');
    await begins(ada, 'ada works');
    const bob = aCandidate('bob');

    await until(() => bob.candidate.status().note, { what: 'bob stands by', withinMs: 5_000 });

    expect(bob.candidate.status()).toEqual({ note: 'Standby; the lease is held by ada.' });
    expect(bob.terms).toEqual([]);
    expect(ada.candidate.status()).toEqual({
      note: `Active; it holds epoch ${ada.terms[0]?.term.epoch}.`,
    });
    expect(await printMetrics()).toContain('tes_controller_lease 1');
  });

  it('change at once when the active one stops, however long its lease would live', async () => {
    const long = createLeaseStore(store.pool, LONG_MS);
    const ada = aCandidate('ada', { lease: long });
    await begins(ada, 'ada works');
    const bob = aCandidate('bob', { lease: long });

    const begin = performance.now();
    await ada.candidate.stop();
    await begins(bob, 'bob works');

    expect((bob.terms[0]?.begun ?? Infinity) - begin).toBeLessThan(4_000);
    expect(ada.terms[0]?.ended).toBeLessThan(bob.terms[0]?.begun ?? 0);
    expect(bob.terms[0]?.term.epoch).toBe((ada.terms[0]?.term.epoch ?? 0) + 1);
  });

  it('never work at once when the active one loses Postgres: it stops before the other one begins', async () => {
    const ada = aCandidate('ada', { lease: behind() });
    await begins(ada, 'ada works');
    const bob = aCandidate('bob');

    proxy.down();
    await begins(bob, 'bob works');

    expect(ada.terms[0]?.ended).toBeLessThan(bob.terms[0]?.begun ?? 0);
    await until(() => ada.candidate.status().trouble, { what: 'ada says so', withinMs: 5_000 });
    expect(await printMetrics()).toContain('tes_controller_lease 1');

    proxy.up();
    await until(() => ada.candidate.status().note, { what: 'ada stands by', withinMs: 20_000 });
    expect(ada.candidate.status()).toEqual({ note: 'Standby; the lease is held by bob.' });
  });

  it('do not change for connections that break or hang while Postgres answers on others', async () => {
    const ada = aCandidate('ada', { lease: behind() });
    await begins(ada, 'ada works');
    const bob = aCandidate('bob');
    const renewed = async (): Promise<unknown> =>
      (await store.rows('select expires_at from lease'))[0]?.['expires_at'];

    for (const harm of [
      () => {
        proxy.cut();
      },
      () => {
        proxy.freeze();
      },
    ]) {
      harm();
      const before = await renewed();
      await until(async () => String(await renewed()) !== String(before), {
        what: 'the lease is renewed',
        withinMs: SHORT_MS,
        everyMs: 20,
      });
    }

    expect(ada.terms).toHaveLength(1);
    expect(isActive(ada)).toBe(true);
    expect(bob.terms).toEqual([]);
  });
});

describe('a controller', () => {
  it('stops its work as soon as a write of it is refused, and stands for the lease again', async () => {
    const ada = aCandidate('ada', { lease: createLeaseStore(store.pool, LONG_MS) });
    await begins(ada, 'ada works');
    const [first] = ada.terms;
    if (first === undefined) throw new Error('no term');
    const term = createTermStore(store.pool, first.term, logger);
    await store.rows("update lease set epoch = epoch + 1, holder = 'bob', expires_at = now()");

    await expect(term.outbox.revive(1)).rejects.toMatchObject({ name: 'LeaseLost' });
    await until(() => ada.terms.length === 2, { what: 'a second term begins', withinMs: 5_000 });

    expect(first.ended).toBeDefined();
    expect(ada.terms[1]?.term.epoch).toBe(first.term.epoch + 2);
  });

  it('does not stand for the lease while it could not work', async () => {
    let isSound = false;
    const ada = aCandidate('ada', {
      prepare: () => (isSound ? Promise.resolve() : Promise.reject(new Error('a foreign cluster'))),
    });
    const { candidate } = ada;
    await until(() => candidate.status().trouble?.includes('cannot'), {
      what: 'it says so',
      withinMs: 5_000,
    });
    const bob = aCandidate('bob');
    await begins(bob, 'bob works');
    expect(ada.terms).toEqual([]);

    isSound = true;

    await until(() => candidate.status().note === 'Standby; the lease is held by bob.', {
      what: 'it stands by',
      withinMs: 10_000,
    });
  });

  it('gives the lease back when its work cannot begin', async () => {
    const lease = createLeaseStore(store.pool);
    const failing = standForLease({
      lease,
      holder: 'ada',
      logger,
      prepare: () =>
        Promise.resolve(() => {
          throw new Error('no work today');
        }),
    });
    candidates.push(failing);
    await until(() => failing.status().trouble?.includes('cannot'), {
      what: 'it has failed',
      withinMs: 5_000,
    });
    await failing.stop();

    await expect(lease.look()).resolves.toBeUndefined();
  });
});
