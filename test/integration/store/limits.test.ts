import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { NewTask, StartLimits } from '../../../src/store/ports.ts';
import {
  aDocument,
  AMPLE,
  aNewTask,
  aSettlement,
  openTestStore,
  type TestStore,
} from '../../support/store.ts';
import { until } from '../../support/until.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
beforeEach(async () => {
  await store.rows('delete from tasks');
  await store.rows('delete from refusals');
  await store.rows("update dispatch_round set start_after = '', inline_first = ''");
});
afterAll(() => store.close());

const MIB = 2 ** 20;

/** Statements of this database that wait for a lock. */
const BLOCKED = `
  select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
`;

async function someTasks(count: number, members: Partial<NewTask> = {}): Promise<string[]> {
  const tasks = Array.from({ length: count }, () => aNewTask(members));
  for (const task of tasks) await store.tasks.create(task);
  return tasks.map(({ id }) => id);
}

/** A document of about so many MiB. */
function aLargeOne(mib: number) {
  const content = 'x'.repeat(mib * MIB);
  return aDocument({ inputs: [{ content, path: '/in', type: 'FILE' }] });
}

async function claim(limits: Partial<StartLimits> = {}, limit = 64): Promise<readonly string[]> {
  const { claimed } = await store.outbox.claim(limit, { ...AMPLE, ...limits });
  return claimed.map(({ taskId }) => taskId);
}

/** How many tasks of each owner are claimed. */
async function claimedOf(): Promise<Record<string, unknown>> {
  const rows = await store.rows(
    'select owner, count(*)::int as claimed from outbox where claims > 0 group by owner',
  );
  return Object.fromEntries(
    rows.map((row): [string, unknown] => [String(row['owner']), row['claimed']]),
  );
}

async function waitingOf(id: string, owner = 'ada'): Promise<string | undefined> {
  const task = await store.tasks.get(owner, id, 'FULL');
  return task?.logs?.[0]?.system_logs?.at(-1);
}

describe('the limit of pods alive', () => {
  it('is never exceeded, and what is left is held', async () => {
    await someTasks(5);

    const round = await store.outbox.claim(64, { ...AMPLE, pods: 2 });

    expect(round.claimed).toHaveLength(2);
    expect(round.left).toBe('held');
    expect(await claim({ pods: 2 })).toEqual([]);
  });

  it('counts a claimed task and its attempt once, from the claim until its death is proven', async () => {
    const [first = ''] = await someTasks(4);
    await claim({ pods: 1 });
    await store.outbox.markDispatched([first]);
    expect(await claim({ pods: 1 })).toEqual([]);

    await store.attempts.open(first);
    await store.attempts.recordUid(first, 1, 'uid');
    expect(await claim({ pods: 1 })).toEqual([]);
    expect(await claim({ pods: 2 })).toHaveLength(1);

    await store.attempts.settle(first, 1, aSettlement({ provenDead: false }));
    expect(await claim({ pods: 2 })).toEqual([]);

    await store.attempts.markProvenDead(first, 1);
    expect(await claim({ pods: 2 })).toHaveLength(1);
  });

  it('counts a task between two attempts', async () => {
    const [first = ''] = await someTasks(2);
    await claim({ pods: 1 });
    await store.outbox.markDispatched([first]);
    await store.attempts.open(first);
    const { end, ...retry } = aSettlement();
    expect(end).toBe('COMPLETE');
    await store.attempts.settle(first, 1, retry);

    expect(await claim({ pods: 1 })).toEqual([]);
  });

  it('holds neither cancels nor tasks that are alive already', async () => {
    const [canceled = '', revived = '', , fresh = ''] = await someTasks(4);
    await claim({ pods: 3 });
    await store.outbox.markDispatched([canceled, revived]);
    await store.tasks.cancel('ada', canceled);
    await store.rows(
      "update outbox set dispatched_at = now() - interval '1 hour' where task_id = $1",
      [revived],
    );
    await store.outbox.revive(10);

    const claimed = await claim({ pods: 1 });

    expect(claimed.toSorted()).toEqual([canceled, revived].toSorted());
    expect(claimed).not.toContain(fresh);
  });

  it('is kept by dispatchers at once: the second counts what the first has claimed', async () => {
    await someTasks(40);
    const first = await store.pool.connect();
    await first.query('begin');
    await first.query('select from dispatch_round for update');

    const second = claim({ pods: 10 });
    await until(async () => (await store.rows(BLOCKED)).length > 0, {
      what: 'the second one waits for the first',
      withinMs: 5_000,
    });
    await first.query(
      "update outbox set claims = 1, claim_expires_at = now() + interval '30 s' where task_id in (select task_id from outbox where claims = 0 order by task_id desc limit 8)",
    );
    await first.query('commit');
    first.release();

    expect(await second).toHaveLength(2);
  });

  it('of one owner holds that owner alone', async () => {
    await someTasks(4, { owner: 'ada' });
    await someTasks(4, { owner: 'bob' });

    await claim({ ownerPods: 3, pods: 5 });
    expect(await claimedOf()).toEqual({ ada: 3, bob: 2 });
    await claim({ ownerPods: 3, pods: 7 });

    expect(await claimedOf()).toEqual({ ada: 3, bob: 3 });
  });
});

describe('the limit of inline bytes alive', () => {
  it('counts documents above 256 KiB by their size as JSON and no smaller ones', async () => {
    await someTasks(1);
    await someTasks(1, { document: aLargeOne(1) });

    const rows = await store.rows(
      'select inline_bytes, octet_length(document::text) as bytes from outbox join task_documents using (task_id) order by task_id',
    );

    expect(rows[0]).toEqual({ inline_bytes: 0, bytes: expect.any(Number) });
    expect(rows[1]).toEqual({ inline_bytes: rows[1]?.['bytes'], bytes: expect.any(Number) });
    expect(rows[1]?.['bytes']).toBeGreaterThan(MIB);
  });

  it('holds large documents and lets small ones pass', async () => {
    const large = await someTasks(3, { document: aLargeOne(1) });
    const small = await someTasks(2);

    const claimed = await claim({ inlineBytes: 2.5 * MIB });

    expect(claimed).toEqual([...large.slice(0, 2), ...small]);
    expect(await claim({ inlineBytes: 2.5 * MIB })).toEqual([]);
  });

  it('counts the bytes of an attempt until its death is proven', async () => {
    const [first = ''] = await someTasks(2, { document: aLargeOne(1) });
    await claim({ inlineBytes: 1.5 * MIB });
    await store.attempts.open(first);
    await store.attempts.recordUid(first, 1, 'uid');
    await store.attempts.settle(first, 1, aSettlement({ provenDead: false }));
    expect(await claim({ inlineBytes: 1.5 * MIB })).toEqual([]);

    await store.attempts.markProvenDead(first, 1);

    expect(await claim({ inlineBytes: 1.5 * MIB })).toHaveLength(1);
  });

  it('keeps room for the large document that waits longest, even from a round to the next', async () => {
    const [running = ''] = await someTasks(1, { document: aLargeOne(1), owner: 'zoe' });
    await claim({ inlineBytes: 3.5 * MIB });
    const [big] = await someTasks(1, { document: aLargeOne(3), owner: 'bob' });
    expect(await claim({ inlineBytes: 3.5 * MIB })).toEqual([]);
    await someTasks(3, { document: aLargeOne(1), owner: 'ada' });
    expect(await claim({ inlineBytes: 3.5 * MIB })).toEqual([]);

    await store.attempts.end(running, 'SYSTEM_ERROR', 'Ended by this test.');

    expect(await claim({ inlineBytes: 3.5 * MIB })).toEqual([big]);
  });
});

describe('why a task waits', () => {
  it('is told with the number in force, of all or of the owner', async () => {
    const [, second = ''] = await someTasks(2, { owner: 'ada' });
    await claim({ pods: 1 });
    expect(await waitingOf(second)).toBe(
      'The task is held by limit: at most 1 pods may be alive at once.',
    );

    await claim({ ownerPods: 1 });
    expect(await waitingOf(second)).toBe(
      'The task is held by limit: at most 1 pods of one owner may be alive at once.',
    );
  });

  it('is told of a large document, not of the small ones beside it', async () => {
    const [, large = ''] = await someTasks(2, { document: aLargeOne(1) });
    await claim({ inlineBytes: MIB });
    const [small = ''] = await someTasks(1);
    expect(await waitingOf(large)).toMatch(
      /held by limit: at most 1048576 bytes of large documents may/,
    );
    expect(await waitingOf(small)).toBe('The task waits to be dispatched.');

    await claim({ ownerInlineBytes: MIB });
    expect(await waitingOf(large)).toMatch(/at most 1048576 bytes of large documents of one owner/);
  });

  it('is that its turn has not come when no limit holds it, or when no dispatcher has looked for long', async () => {
    const [, second = ''] = await someTasks(2);
    await claim({}, 1);
    expect(await waitingOf(second)).toBe('The task waits to be dispatched.');

    await claim({ pods: 1 });
    await store.rows("update dispatch_round set looked_at = now() - interval '2 minutes'");

    expect(await waitingOf(second)).toBe('The task waits to be dispatched.');
  });

  it('writes nothing for a waiting task, however many wait', async () => {
    await someTasks(20);
    await claim({ pods: 1 });
    const versions = 'select task_id, xmin::text from outbox where claims = 0 order by task_id';
    const before = await store.rows(versions);

    for (let round = 0; round < 3; round += 1) await claim({ pods: 1 });

    expect(before).toHaveLength(19);
    expect(await store.rows(versions)).toEqual(before);
  });

  it('is counted by limit', async () => {
    await someTasks(3);
    await claim({ pods: 1 });

    expect(await store.statistics.read({ queueMs: 1e9, totalMs: 1e9 })).toMatchObject({
      podsAlive: 1,
      heldTasks: { pods: 2 },
    });
  });
});

describe('refusals by Kubernetes', () => {
  const QUOTA = { reason: 'exceeded quota: pods', isShared: true };

  it('of one task hold nobody: it may ask for what it never gets', async () => {
    const [refused = ''] = await someTasks(3);
    await store.refusals.recordRefusal(refused, QUOTA);
    await store.refusals.recordRefusal(refused, QUOTA);

    expect(await claim()).toHaveLength(3);
  });

  it('tell their task what it waits for, and hold nobody when they are its own', async () => {
    const [a = '', b = ''] = await someTasks(3);
    const denied = { reason: 'denied by policy', isShared: false };
    await store.refusals.recordRefusal(a, denied);
    await store.refusals.recordRefusal(b, denied);

    expect(await waitingOf(a)).toBe(
      'Kubernetes refuses the pod of this task for now: denied by policy',
    );
    expect(await claim()).toHaveLength(3);
  });

  it('of several tasks let one start try every 15 seconds, and no cancel wait', async () => {
    const [a = '', b = '', , last = ''] = await someTasks(4);
    await store.refusals.recordRefusal(a, QUOTA);
    await store.refusals.recordRefusal(b, QUOTA);

    expect(await claim()).toEqual([a]);
    expect(await claim()).toEqual([]);
    expect(await waitingOf(last)).toBe(
      'The task waits to be dispatched: Kubernetes refuses new pods for now (exceeded quota: pods).',
    );
    await store.outbox.markDispatched([a]);
    await store.tasks.cancel('ada', a);
    expect(await claim()).toEqual([a]);

    await store.rows("update dispatch_round set probed_at = now() - interval '16 s'");
    expect(await claim()).toEqual([b]);
  });

  it('are forgotten 45 seconds after the last but one', async () => {
    const [a = '', b = ''] = await someTasks(3);
    await store.refusals.recordRefusal(a, QUOTA);
    await store.refusals.recordRefusal(b, QUOTA);
    await store.rows(
      "update refusals set refused_at = now() - interval '46 s' where task_id = $1",
      [a],
    );

    expect(await claim()).toHaveLength(3);
    await store.refusals.recordRefusal(b, QUOTA);
    expect(await store.rows('select task_id from refusals')).toEqual([{ task_id: b }]);
  });
});
