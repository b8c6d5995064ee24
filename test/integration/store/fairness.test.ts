import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { StartLimits } from '../../../src/store/ports.ts';
import { AMPLE, openTestStore, type TestStore } from '../../support/store.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
beforeEach(async () => {
  await store.rows('delete from tasks');
  await store.rows("update dispatch_round set start_after = '', inline_first = ''");
});
afterAll(() => store.close());

/** Queues tasks of an owner; ids are random, which is no disadvantage for what is tested here. */
async function queue(owner: string, count: number): Promise<void> {
  await store.rows(
    `with task as (
       insert into tasks (id, owner, group_name)
       select gen_random_uuid(), $1, 'g' from generate_series(1, $2::int) returning id, owner
     )
     insert into outbox (task_id, owner) select id, owner from task`,
    [owner, count],
  );
}

/** One round: whose tasks were claimed, in their number. */
async function round(limits: Partial<StartLimits> = {}): Promise<Record<string, number>> {
  const { claimed } = await store.outbox.claim(64, { ...AMPLE, ...limits });
  await store.outbox.markDispatched(claimed.map(({ taskId }) => taskId));
  const owners = await store.rows('select owner from outbox where task_id = any($1)', [
    claimed.map(({ taskId }) => taskId),
  ]);
  const counts: Record<string, number> = {};
  for (const row of owners) {
    const owner = String(row['owner']);
    counts[owner] = (counts[owner] ?? 0) + 1;
  }
  return counts;
}

describe('a round of the dispatcher', () => {
  it.each(['aaa', 'zzz'])(
    'starts the first task of an owner beside 10,000 of another (%s)',
    async (late) => {
      await queue('big', 10_000);
      await round();
      await queue(late, 1);

      expect(await round()).toMatchObject({ [late]: 1 });
    },
    60_000,
  );

  it('does so too when one slot becomes free at a time', async () => {
    await queue('big', 200);
    await round({ pods: 10 });
    await queue('small', 1);
    await round({ pods: 10 });

    const one = await round({ pods: 11 });
    const other = await round({ pods: 12 });

    expect([one, other]).toContainEqual({ small: 1 });
  });

  it('takes the owners in turn when there are more of them than starts in a round', async () => {
    for (let index = 0; index < 130; index += 1) await queue(`owner-${index}`, 3);

    const rounds = [await round(), await round(), await round()];

    const served = rounds.flatMap((counts) => Object.keys(counts));
    expect(new Set(served).size).toBe(130);
    expect(rounds.map((counts) => Object.keys(counts).length)).toEqual([64, 64, 64]);
  });

  it('does not let owners at their own limit stand in the way of others', async () => {
    for (let index = 0; index < 100; index += 1) await queue(`full-${index}`, 3);
    for (let turn = 0; turn < 4; turn += 1) await round({ ownerPods: 1 });
    await queue('later', 2);

    expect(await round({ ownerPods: 1 })).toEqual({ later: 1 });
  });

  it('fills up with the tasks of one owner when nobody else waits', async () => {
    await queue('big', 200);

    expect(await round()).toEqual({ big: 64 });
    expect(await store.outbox.claim(64, AMPLE)).toMatchObject({ left: 'ready' });
  });
});
