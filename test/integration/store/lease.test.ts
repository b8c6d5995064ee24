import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { pino } from 'pino';

import { createFencedDatabase } from '../../../src/store/fenced-database.ts';
import { createLeaseStore } from '../../../src/store/lease.ts';
import type { LeaseStore, Sighting } from '../../../src/store/ports.ts';
import { createTermStore, type TermStore } from '../../../src/store/store.ts';
import {
  AMPLE,
  aNewTask,
  aSettlement,
  openTestStore,
  type TestStore,
} from '../../support/store.ts';
import { until } from '../../support/until.ts';

/** So short that a test can wait for its end, and so long that no slow machine misses it. */
const SHORT_MS = 300;

let store: TestStore;
let lease: LeaseStore;
let losses: number[];

beforeAll(async () => {
  store = await openTestStore();
  lease = createLeaseStore(store.pool);
});
beforeEach(async () => {
  losses = [];
  await store.rows('delete from tasks');
  await expire();
});
afterAll(() => store.close());

async function expire(): Promise<void> {
  await store.rows("update lease set expires_at = clock_timestamp() - interval '1 ms'");
}

/** A term that is held now. */
async function aTerm(holder = 'ada'): Promise<{ epoch: number; term: TermStore }> {
  const epoch = await lease.acquire(holder);
  if (epoch === undefined) throw new Error('somebody else holds the lease');
  const onLost = (): void => {
    losses.push(epoch);
  };
  return { epoch, term: createTermStore(store.pool, { epoch, onLost }, pino({ level: 'silent' })) };
}

describe('LeaseStore', () => {
  it('gives the lease to one of many who ask at once', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `controller ${index}`);

    const epochs = await Promise.all(names.map((name) => lease.acquire(name)));

    const winner = epochs.findIndex((epoch) => epoch !== undefined);
    expect(epochs.filter((epoch) => epoch !== undefined)).toHaveLength(1);
    expect(await lease.look()).toEqual({
      holder: names[winner],
      livesMs: expect.closeTo(15_000, -3),
    });
  });

  it('counts the epochs: each holder has a higher one than the one before', async () => {
    const first = await lease.acquire('ada');
    await lease.release('ada', first ?? 0);
    const second = await lease.acquire('ada');
    await expire();
    const third = await lease.acquire('bob');

    expect([second, third]).toEqual([(first ?? 0) + 1, (first ?? 0) + 2]);
  });

  it('lets nobody else in while it is renewed, and anybody once it has expired', async () => {
    const short = createLeaseStore(store.pool, SHORT_MS);
    const epoch = (await short.acquire('ada')) ?? 0;
    const begin = performance.now();
    while (performance.now() - begin < 2 * SHORT_MS) {
      expect(await short.renew('ada', epoch)).toBe(true);
      expect(await short.acquire('bob')).toBeUndefined();
    }

    await until(async () => (await short.acquire('bob')) !== undefined, {
      what: 'the lease expires',
      withinMs: 5_000,
      everyMs: 10,
    });

    expect(await short.renew('ada', epoch)).toBe(false);
    expect(await short.look()).toMatchObject({ holder: 'bob' });
  });

  it('is not renewed after its end, even if nobody else took it', async () => {
    const epoch = (await lease.acquire('ada')) ?? 0;
    await expire();

    expect(await lease.renew('ada', epoch)).toBe(false);
    expect(await lease.look()).toBeUndefined();
  });

  it('is free as soon as its holder gives it up, and only its holder can', async () => {
    const epoch = (await lease.acquire('ada')) ?? 0;
    await lease.release('bob', epoch);
    await lease.release('ada', epoch - 1);
    expect(await lease.look()).toMatchObject({ holder: 'ada' });

    await lease.release('ada', epoch);

    expect(await lease.acquire('bob')).toBe(epoch + 1);
  });
});

const LOST = { name: 'LeaseLost' };

/** A task with an open attempt whose pod is recorded, and a sighting of it. */
async function aSighted(): Promise<Sighting> {
  const { id } = aNewTask();
  await store.tasks.create(aNewTask({ id }));
  await store.attempts.open(id);
  await store.attempts.recordUid(id, 1, 'uid');
  return { taskId: id, number: 1, uid: 'uid', state: 'RUNNING', at: new Date() };
}

async function stateOf(id: string): Promise<unknown> {
  const [row] = await store.rows('select state from tasks where id = $1', [id]);
  return row?.['state'];
}

/** A table whose rows take twice the short lease to be committed. */
const SLOW_TO_COMMIT = `
  create table slow_to_commit (number int);
  create function wait_at_commit() returns trigger language plpgsql as $$
    begin perform pg_sleep(${(2 * SHORT_MS) / 1000}); return null; end
  $$;
  create constraint trigger wait_at_commit after insert on slow_to_commit
    deferrable initially deferred for each row execute function wait_at_commit();
`;

describe('the store of a term', () => {
  it('does its work while the lease is held', async () => {
    const { term } = await aTerm();
    const sighting = await aSighted();

    await term.projection.advance([sighting]);
    const { claimed } = await term.outbox.claim(10, AMPLE);
    await term.outbox.markDispatched(claimed.map(({ taskId }) => taskId));
    await term.fence.check();

    expect(await stateOf(sighting.taskId)).toBe('RUNNING');
    expect(claimed).toMatchObject([{ taskId: sighting.taskId }]);
    expect(losses).toEqual([]);
  });

  const gone = {
    'has expired': expire,
    'was given to another one': async () => {
      await expire();
      await lease.acquire('bob');
    },
    'was given to the same holder anew': async () => {
      await expire();
      await lease.acquire('ada');
    },
  };

  it.each(Object.entries(gone))('writes nothing once the lease %s', async (_, lose) => {
    const sighting = await aSighted();
    const { taskId, number, uid } = sighting;
    const ended = await aSighted();
    await store.attempts.settle(ended.taskId, 1, aSettlement());
    const { epoch, term } = await aTerm();
    await term.outbox.claim(10, AMPLE);
    await store.rows("update outbox set dispatched_at = now() - interval '1 hour'");
    await lose();
    const everything = `
      select to_jsonb(t) as t, to_jsonb(o) as o, to_jsonb(a) as a
      from tasks t left join outbox o on o.task_id = t.id left join attempts a on a.task_id = t.id
      order by t.id
    `;
    const before = await store.rows(everything);

    const writes = [
      term.outbox.claim(10, AMPLE),
      term.outbox.revive(10),
      term.outbox.markDispatched([taskId]),
      term.projection.advance([sighting]),
      term.projection.recordWaits([{ taskId, number, uid, reason: 'x' }]),
      term.projection.recordOomKills([{ taskId, number, uid, container: 'executor-0' }]),
      term.retention.deleteEnded(new Date(Date.now() + 60_000), { limit: 10 }),
      term.attempts.recordIntent(taskId, 1, { kind: 'clean-up' }),
      term.attempts.settle(taskId, 1, aSettlement()),
      term.fence.check(),
    ];

    for (const write of writes) await expect(write).rejects.toMatchObject(LOST);
    expect(await store.rows(everything)).toEqual(before);
    expect(losses).toEqual(writes.map(() => epoch));
  });

  it('does not hold up a successor by a transaction that hangs, and commits nothing of it afterwards', async () => {
    const { taskId } = await aSighted();
    const { epoch } = await aTerm();
    const entered = Promise.withResolvers<undefined>();
    const paused = Promise.withResolvers<undefined>();
    const hanging = createFencedDatabase(store.pool, { epoch, onLost: () => losses.push(epoch) })
      .transaction()
      .execute(async (tx) => {
        await tx.updateTable('tasks').set({ state: 'COMPLETE' }).where('id', '=', taskId).execute();
        entered.resolve(undefined);
        await paused.promise;
      });
    await entered.promise;
    await expire();

    const successor = await aTerm('bob');
    await expect(successor.term.fence.check()).resolves.toBeUndefined();
    await expect(successor.term.outbox.revive(10)).resolves.toBe(0);
    paused.resolve(undefined);

    await expect(hanging).rejects.toMatchObject(LOST);
    expect(losses).toEqual([epoch]);
    expect(await stateOf(taskId)).toBe('QUEUED');
  });

  it('commits nothing after a successor has begun, even when the lease ends in the middle of the commit', async () => {
    await store.rows(SLOW_TO_COMMIT);
    const short = createLeaseStore(store.pool, SHORT_MS);
    const epoch = (await short.acquire('ada')) ?? 0;
    const db = createFencedDatabase(store.pool, { epoch, onLost: () => losses.push(epoch) });
    const writing = sql`insert into slow_to_commit values (1)`.execute(db);

    await until(async () => (await short.acquire('bob')) !== undefined, {
      what: 'the successor begins',
      withinMs: 10_000,
      everyMs: 10,
    });

    expect(await store.rows('select from slow_to_commit')).toHaveLength(1);
    await writing;
    expect(losses).toEqual([]);
  });

  it('leaves its connections clean after a refusal', async () => {
    const { term } = await aTerm();
    await expire();
    await expect(term.outbox.revive(10)).rejects.toMatchObject(LOST);

    expect(
      await store.rows(
        "select from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'",
      ),
    ).toEqual([]);
  });
});
