import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { FINAL_STATES_OF_TEST, isLegalStep } from '../../support/state-steps.ts';
import { aNewTask, aRetry, openTestStore, type TestStore } from '../../support/store.ts';

type Call = (store: TestStore, id: string) => Promise<unknown>;

const number = fc.integer({ min: 1, max: 3 });
const uid = fc.constantFrom('uid-1', 'uid-2');
const end = fc.constantFrom('COMPLETE', 'SYSTEM_ERROR', 'CANCELED', undefined);

/** Every write of the store, with arguments that are often wrong; what a caller may not do is refused by an error. */
const call: fc.Arbitrary<Call> = fc.oneof(
  fc.constant<Call>((store, id) => store.attempts.open(id)),
  fc.constant<Call>((store, id) => store.tasks.cancel('ada', id)),
  fc.constant<Call>((store, id) => store.attempts.recordWish(id)),
  fc.constant<Call>((store, id) => store.outbox.claimOne(id)),
  fc.constant<Call>((store, id) => store.outbox.markDispatched([id])),
  fc.constant<Call>((store, id) => store.attempts.end(id, 'SYSTEM_ERROR', 'Ended.').catch(refused)),
  number.map<Call>((n) => (store, id) => store.attempts.markProvenDead(id, n)),
  fc.tuple(number, uid).map<Call>(
    ([n, u]) =>
      (store, id) =>
        store.attempts.recordUid(id, n, u),
  ),
  fc.tuple(number, uid, fc.constantFrom('INITIALIZING', 'RUNNING')).map<Call>(
    ([n, u, state]) =>
      (store, id) =>
        store.projection.advance([{ taskId: id, number: n, uid: u, state, at: new Date() }]),
  ),
  fc
    .tuple(number, end, fc.boolean(), fc.boolean())
    .map<Call>(([n, state, provenDead, ran]) => (store, id) => {
      const settlement = {
        ...aRetry({ provenDead }),
        ...(state && { end: state }),
        ...(ran && { runningAt: new Date() }),
      };
      return store.attempts.settle(id, n, settlement).catch(refused);
    }),
);

function refused(error: unknown): void {
  expect(String(error)).toMatch(/has no attempt|settle it first/);
}

describe('whatever is called, in any order', () => {
  let store: TestStore;
  beforeAll(async () => {
    store = await openTestStore();
  });
  afterAll(() => store.close());

  async function expectTrueHistory(id: string): Promise<void> {
    const events = await store.rows(
      'select number, from_state, to_state from task_events where task_id = $1 order by number',
      [id],
    );
    expect(events.map((event) => event['number'])).toEqual(events.map((_, index) => index + 1));
    events.forEach((event, index) => {
      const before = index === 0 ? null : events[index - 1]?.['to_state'];
      expect(event['from_state']).toBe(before);
      expect(isLegalStep(before, event['to_state'])).toBe(true);
    });
    const [task] = await store.rows('select state, last_event from tasks where id = $1', [id]);
    expect(task).toEqual({ state: events.at(-1)?.['to_state'], last_event: events.length });
  }

  async function expectSoundAttempts(id: string): Promise<void> {
    const attempts = await store.rows(
      'select number, settled_at, proven_dead_at from attempts where task_id = $1 order by number',
      [id],
    );
    expect(attempts.map((attempt) => attempt['number'])).toEqual(attempts.map((_, i) => i + 1));
    for (const earlier of attempts.slice(0, -1)) {
      expect(earlier['settled_at']).not.toBeNull();
      expect(earlier['proven_dead_at']).not.toBeNull();
    }
  }

  async function expectOutboxRowWhileOpen(id: string): Promise<void> {
    const [task] = await store.rows('select state from tasks where id = $1', [id]);
    const rows = await store.rows('select from outbox where task_id = $1', [id]);
    expect(rows).toHaveLength(FINAL_STATES_OF_TEST.has(task?.['state']) ? 0 : 1);
  }

  it.each(['one after the other', 'all at once'])(
    'events have no gaps, states are legal, attempts follow proof (%s)',
    async (manner) => {
      await fc.assert(
        fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 14 }), async (calls) => {
          const task = aNewTask();
          await store.tasks.create(task);

          if (manner === 'all at once') {
            await Promise.all(calls.map((each) => each(store, task.id)));
          } else {
            for (const each of calls) await each(store, task.id);
          }

          await expectTrueHistory(task.id);
          await expectSoundAttempts(task.id);
          await expectOutboxRowWhileOpen(task.id);
        }),
        { numRuns: 100 },
      );
    },
    60_000,
  );
});
