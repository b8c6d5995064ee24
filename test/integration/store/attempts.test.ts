import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 } from 'uuid';

import {
  aNewTask,
  aPool,
  aRetry,
  aSecondStore,
  aSettlement,
  openTestStore,
  type TestStore,
} from '../../support/store.ts';

describe('AttemptStore', () => {
  let store: TestStore;
  beforeAll(async () => {
    store = await openTestStore();
  });
  afterAll(() => store.close());

  async function aTask(): Promise<string> {
    const task = aNewTask();
    await store.tasks.create(task);
    return task.id;
  }

  async function aTaskWithPod(uid = 'uid-1'): Promise<string> {
    const id = await aTask();
    await store.attempts.open(id);
    await store.attempts.recordUid(id, 1, uid);
    return id;
  }

  async function stateOf(id: string): Promise<string | undefined> {
    return (await store.tasks.get('ada', id, 'MINIMAL'))?.state;
  }

  async function eventsOf(id: string): Promise<unknown[]> {
    const rows = await store.rows(
      'select to_state from task_events where task_id = $1 order by number',
      [id],
    );
    return rows.map((row) => row['to_state']);
  }

  describe('open', () => {
    it('opens the first attempt and tells what the task is', async () => {
      const task = aNewTask({ warnings: ['careful'] });
      await store.tasks.create(task);

      const opening = await store.attempts.open(task.id);

      expect(opening).toMatchObject({
        kind: 'open',
        task: { id: task.id, state: 'QUEUED', document: task.document, warnings: ['careful'] },
        attempt: { taskId: task.id, number: 1 },
      });
      expect(await store.attempts.find(task.id, 1)).toMatchObject(
        opening.kind === 'open' ? { attempt: opening.attempt, task: opening.task } : {},
      );
    });

    it('adopts the open attempt', async () => {
      const id = await aTaskWithPod();

      expect(await store.attempts.open(id)).toMatchObject({
        kind: 'open',
        attempt: { number: 1, podUid: 'uid-1' },
      });
    });

    it('opens one attempt for many callers at once', async () => {
      const id = await aTask();
      const pool = aPool(store.url);
      const other = aSecondStore(pool);

      const openings = await Promise.all(
        Array.from({ length: 10 }, (_, index) => (index % 2 ? store : other).attempts.open(id)),
      );
      await pool.end();

      expect(openings.map((opening) => opening.kind === 'open' && opening.attempt.number)).toEqual(
        Array.from({ length: 10 }, () => 1),
      );
      expect(await store.rows('select from attempts where task_id = $1', [id])).toHaveLength(1);
    });

    it('opens the next attempt once the earlier one is settled and proven dead, and queues the task', async () => {
      const id = await aTaskWithPod();
      await store.attempts.settle(id, 1, aRetry({ runningAt: new Date() }));

      expect(await store.attempts.open(id)).toMatchObject({
        kind: 'open',
        task: { state: 'QUEUED' },
        attempt: { number: 2 },
      });
      expect(await eventsOf(id)).toEqual(['QUEUED', 'INITIALIZING', 'RUNNING', 'QUEUED']);
    });

    it('opens nothing while an earlier attempt is not proven dead', async () => {
      const id = await aTaskWithPod();
      await store.attempts.settle(id, 1, aRetry({ provenDead: false }));

      expect(await store.attempts.open(id)).toMatchObject({
        kind: 'unproven',
        attempt: { number: 1 },
      });

      await store.attempts.markProvenDead(id, 1);
      expect(await store.attempts.open(id)).toMatchObject({ kind: 'open', attempt: { number: 2 } });
    });

    it('counts a closed attempt without a recorded pod as proven dead', async () => {
      const id = await aTask();
      await store.attempts.open(id);
      await store.attempts.settle(id, 1, aRetry({ provenDead: false }));

      expect(await store.attempts.open(id)).toMatchObject({ kind: 'open', attempt: { number: 2 } });
    });

    it('opens nothing once the wish to cancel is recorded, and names the open attempt', async () => {
      const id = await aTaskWithPod();
      await store.tasks.cancel('ada', id);

      expect(await store.attempts.open(id)).toMatchObject({
        kind: 'cancel-asked',
        attempt: { number: 1, podUid: 'uid-1' },
      });

      const other = await aTask();
      await store.attempts.recordWish(other);
      expect(await store.attempts.open(other)).toEqual({ kind: 'cancel-asked' });
    });

    it('says that a task is final, or missing', async () => {
      const id = await aTask();
      await store.tasks.cancel('ada', id);

      expect(await store.attempts.open(id)).toEqual({ kind: 'final', state: 'CANCELED' });
      expect(await store.attempts.open(v7())).toEqual({ kind: 'missing' });
    });
  });

  describe('recordUid', () => {
    it('records a uid once: the same one again is fine, another one is refused', async () => {
      const id = await aTask();
      await store.attempts.open(id);

      expect(await store.attempts.recordUid(id, 1, 'uid-1')).toBe(true);
      expect(await store.attempts.recordUid(id, 1, 'uid-1')).toBe(true);
      expect(await store.attempts.recordUid(id, 1, 'uid-2')).toBe(false);
      expect((await store.attempts.find(id, 1))?.attempt.podUid).toBe('uid-1');
    });

    it('refuses the paused twin that comes after the wish to cancel', async () => {
      const id = await aTask();
      await store.attempts.open(id);
      await store.tasks.cancel('ada', id);

      expect(await store.attempts.recordUid(id, 1, 'uid-1')).toBe(false);
    });

    it('refuses a late uid of a settled or never opened attempt, and of a final task', async () => {
      const id = await aTask();
      await store.attempts.open(id);
      await store.attempts.settle(id, 1, aRetry());

      expect(await store.attempts.recordUid(id, 1, 'uid-1')).toBe(false);
      expect(await store.attempts.recordUid(id, 2, 'uid-2')).toBe(false);

      await store.attempts.open(id);
      await store.attempts.end(id, 'SYSTEM_ERROR', 'The pod was refused.');
      expect(await store.attempts.recordUid(id, 2, 'uid-2')).toBe(false);
    });

    it('refuses an attempt that was proven dead before it had a pod', async () => {
      const id = await aTask();
      await store.attempts.open(id);
      await store.attempts.markProvenDead(id, 1);

      expect(await store.attempts.recordUid(id, 1, 'uid-1')).toBe(false);
    });
  });

  it('keeps the first intent and the first node', async () => {
    const id = await aTaskWithPod();

    await store.attempts.recordIntent(id, 1, { kind: 'deadline', deadline: 'pull' });
    await store.attempts.recordIntent(id, 1, { kind: 'clean-up' });
    await store.attempts.recordNode(id, 1, { name: 'n1', uid: 'node-1' });
    await store.attempts.recordNode(id, 1, { name: 'n2', uid: 'node-2' });

    expect((await store.attempts.find(id, 1))?.attempt).toMatchObject({
      intent: { kind: 'deadline', deadline: 'pull' },
      nodeName: 'n1',
      nodeUid: 'node-1',
    });
  });

  it('does not mark an open attempt with a pod as proven dead', async () => {
    const id = await aTaskWithPod();

    await store.attempts.markProvenDead(id, 1);

    expect((await store.attempts.find(id, 1))?.attempt.provenDeadAt).toBeUndefined();
  });

  describe('settle', () => {
    it('commits verdict, log and state together and forgets the outbox row', async () => {
      const id = await aTaskWithPod();

      const settled = await store.attempts.settle(id, 1, aSettlement());

      expect(settled).toEqual({ verdict: aSettlement().verdict, state: 'COMPLETE' });
      expect(await store.attempts.find(id, 1)).toMatchObject({
        task: { state: 'COMPLETE' },
        attempt: { verdict: { class: 'success' }, settledAt: expect.anything() },
      });
      expect(await store.rows('select from outbox where task_id = $1', [id])).toEqual([]);
    });

    it('writes the transitions that nobody saw, with their own times, before the end', async () => {
      const id = await aTaskWithPod();
      const initializingAt = new Date('2100-01-01T00:00:00.123Z');
      const runningAt = new Date('2100-01-01T00:00:01.456Z');

      await store.attempts.settle(id, 1, aSettlement({ initializingAt, runningAt }));

      const events = await store.rows(
        'select to_state, at from task_events where task_id = $1 and number in (2, 3) order by number',
        [id],
      );
      expect(events).toEqual([
        { to_state: 'INITIALIZING', at: initializingAt },
        { to_state: 'RUNNING', at: runningAt },
      ]);
      expect(await eventsOf(id)).toEqual(['QUEUED', 'INITIALIZING', 'RUNNING', 'COMPLETE']);
    });

    it('shows INITIALIZING also where only RUNNING is known', async () => {
      const id = await aTaskWithPod();

      await store.attempts.settle(id, 1, aSettlement({ runningAt: new Date() }));

      expect(await eventsOf(id)).toEqual(['QUEUED', 'INITIALIZING', 'RUNNING', 'COMPLETE']);
    });

    it('changes nothing for a zombie and returns the stored verdict', async () => {
      const id = await aTaskWithPod();
      await store.attempts.settle(id, 1, aSettlement());
      const before = await store.rows('select * from attempts where task_id = $1', [id]);

      const zombie = await store.attempts.settle(id, 1, { ...aRetry(), end: 'SYSTEM_ERROR' });

      expect(zombie).toEqual({ verdict: aSettlement().verdict, state: 'COMPLETE' });
      expect(await store.rows('select * from attempts where task_id = $1', [id])).toEqual(before);
    });

    it('lets a task end COMPLETE although its cancel was asked, when the caller decides so', async () => {
      const id = await aTaskWithPod();
      await store.tasks.cancel('ada', id);

      const { state } = await store.attempts.settle(id, 1, aSettlement());

      expect(state).toBe('COMPLETE');
      expect(await eventsOf(id)).toEqual(['QUEUED', 'CANCELING', 'COMPLETE']);
    });

    it('settles an attempt of a task that is final already without touching the task', async () => {
      const id = await aTaskWithPod();
      await store.rows("update tasks set state = 'SYSTEM_ERROR' where id = $1", [id]);

      const { state } = await store.attempts.settle(id, 1, aSettlement());

      expect(state).toBe('SYSTEM_ERROR');
      expect((await store.attempts.find(id, 1))?.attempt.settledAt).toBeDefined();
    });

    it('commits one of many concurrent ends', async () => {
      const id = await aTaskWithPod();

      const ends = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          store.attempts.settle(
            id,
            1,
            index % 2 ? aSettlement() : { ...aRetry(), end: 'SYSTEM_ERROR' },
          ),
        ),
      );

      expect(new Set(ends.map(({ state }) => state)).size).toBe(1);
      expect(await eventsOf(id)).toHaveLength(2);
    });

    it('refuses an attempt that does not exist', async () => {
      const id = await aTask();

      await expect(store.attempts.settle(id, 1, aSettlement())).rejects.toThrow('has no attempt 1');
    });
  });

  describe('end', () => {
    it('ends a task without attempts and keeps the end', async () => {
      const id = await aTask();

      expect(await store.attempts.end(id, 'CANCELED', 'Canceled in time.')).toBe('CANCELED');
      expect(await store.attempts.end(id, 'SYSTEM_ERROR', 'Too late.')).toBe('CANCELED');
      expect(await eventsOf(id)).toEqual(['QUEUED', 'CANCELED']);
    });

    it('closes an open attempt without a pod and shows the reason in its log', async () => {
      const id = await aTask();
      await store.attempts.open(id);

      await store.attempts.end(id, 'SYSTEM_ERROR', 'The pod was refused.');

      expect((await store.attempts.find(id, 1))?.attempt.provenDeadAt).toBeDefined();
      const full = await store.tasks.get('ada', id, 'FULL');
      expect(full?.logs?.[0]?.system_logs).toContain('The pod was refused.');
    });

    it('refuses a task whose open attempt has a pod', async () => {
      const id = await aTaskWithPod();

      await expect(store.attempts.end(id, 'CANCELED', 'No.')).rejects.toThrow('settle it first');
      expect(await stateOf(id)).toBe('QUEUED');
    });
  });
});
