import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { StartLimits } from '../../../src/store/ports.ts';
import { aDocument, AMPLE, aNewTask, openTestStore, type TestStore } from '../../support/store.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
beforeEach(async () => {
  await store.rows('delete from tasks');
});
afterAll(() => store.close());

async function someTasks(count: number, members = {}): Promise<string[]> {
  const tasks = Array.from({ length: count }, () => aNewTask(members));
  await Promise.all(tasks.map((task) => store.tasks.create(task)));
  return tasks.map(({ id }) => id);
}

const look = (limits: Partial<StartLimits> = {}) => store.outbox.claim(64, { ...AMPLE, ...limits });

/** The outcomes of fast claims at once, in their number. */
async function fastClaims(ids: readonly string[]): Promise<{ claimed: number; held: number }> {
  const outcomes = await Promise.all(ids.map((id) => store.outbox.claimOne(id)));
  return {
    claimed: outcomes.filter((outcome) => typeof outcome === 'object').length,
    held: outcomes.filter((outcome) => outcome === 'held').length,
  };
}

describe('a fast claim', () => {
  it('takes no more than the last round found free, however many come at once', async () => {
    await look({ pods: 5 });

    expect(await fastClaims(await someTasks(40))).toEqual({ claimed: 5, held: 35 });
    expect(await store.rows('select free_pods from dispatch_round')).toEqual([{ free_pods: 0 }]);
  });

  it('and rounds of the dispatcher together never exceed the limit', async () => {
    await look({ pods: 30 });
    const ids = await someTasks(60);

    await Promise.all([fastClaims(ids), look({ pods: 30 }), look({ pods: 30 })]);
    await look({ pods: 30 });

    const [row] = await store.rows('select count(*)::int as claimed from outbox where claims > 0');
    expect(row).toEqual({ claimed: 30 });
  });

  it('believes a round for two seconds of database time', async () => {
    await look();
    const [one = '', other = ''] = await someTasks(2);
    expect(await store.outbox.claimOne(one)).toEqual({ taskId: one, desired: 'start' });

    await store.rows("update dispatch_round set looked_at = now() - interval '2 s'");

    expect(await store.outbox.claimOne(other)).toBe('held');
  });

  it('overtakes nobody: it is held while anything waits, although there is room', async () => {
    await someTasks(3);
    await store.outbox.claim(1, AMPLE);
    const [late = ''] = await someTasks(1);

    expect(await store.outbox.claimOne(late)).toBe('held');
  });

  it('gives no owner more than their own limit', async () => {
    const [one = ''] = await someTasks(1);
    await look({ ownerPods: 2 });
    expect(await store.rows('select claims from outbox where task_id = $1', [one])).toEqual([
      { claims: 1 },
    ]);
    await look({ ownerPods: 2 });

    expect(await fastClaims(await someTasks(3))).toEqual({ claimed: 1, held: 2 });
  });

  it('holds a large document without room and lets a small one pass', async () => {
    await look({ inlineBytes: 2 ** 20 });
    const content = 'x'.repeat(2 ** 20);
    const document = aDocument({ inputs: [{ content, path: '/in', type: 'FILE' }] });
    const ids = [...(await someTasks(1, { document })), ...(await someTasks(1))];

    expect(await Promise.all(ids.map((id) => store.outbox.claimOne(id)))).toEqual([
      'held',
      { taskId: ids[1], desired: 'start' },
    ]);
  });

  it('never holds a cancel', async () => {
    const [id = ''] = await someTasks(1);
    await look();
    await store.outbox.markDispatched([id]);
    await store.tasks.cancel('ada', id);
    await store.rows("update dispatch_round set looked_at = '-infinity', free_pods = 0");

    expect(await store.outbox.claimOne(id)).toEqual({ taskId: id, desired: 'cancel' });
  });
});
