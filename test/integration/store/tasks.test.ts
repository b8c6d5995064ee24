import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 } from 'uuid';

import {
  aDocument,
  aNewTask,
  aRetry,
  aSettlement,
  openTestStore,
  type TestStore,
} from '../../support/store.ts';

describe('TaskStore', () => {
  let store: TestStore;
  beforeAll(async () => {
    store = await openTestStore();
  });
  afterAll(() => store.close());

  describe('create', () => {
    it('makes the task readable at once, in every view', async () => {
      const document = aDocument({ name: 'hello', tags: { project: 'sun' } });
      const task = aNewTask({ document });

      await store.tasks.create(task);

      const { id } = task;
      expect(await store.tasks.get('ada', id, 'MINIMAL')).toEqual({ id, state: 'QUEUED' });
      expect(await store.tasks.get('ada', id, 'FULL')).toMatchObject({
        id,
        state: 'QUEUED',
        ...document,
      });
    });

    it('writes the first event and one outbox row that wants a start', async () => {
      const task = aNewTask();

      await store.tasks.create(task);

      expect(
        await store.rows(
          'select number, from_state, to_state from task_events where task_id = $1',
          [task.id],
        ),
      ).toEqual([{ number: 1, from_state: null, to_state: 'QUEUED' }]);
      expect(
        await store.rows('select desired, claims from outbox where task_id = $1', [task.id]),
      ).toEqual([{ desired: 'start', claims: 0 }]);
    });

    it('leaves nothing behind when it fails', async () => {
      const task = aNewTask();
      await store.tasks.create(task);

      await expect(store.tasks.create(task)).rejects.toMatchObject({ code: '23505' });

      expect(await store.rows('select from outbox where task_id = $1', [task.id])).toHaveLength(1);
    });

    it('keeps a document exactly, whatever characters it has', async () => {
      const odd = 'a\u0000b\ud800c\u{1f680}"\\';
      const document = aDocument({ name: odd, tags: { [odd]: odd }, description: odd });
      const task = aNewTask({ document, warnings: [odd] });

      await store.tasks.create(task);

      const stored = await store.tasks.get('ada', task.id, 'FULL');
      expect(stored).toMatchObject(document);
    });
  });

  describe('get', () => {
    it('knows no task of another owner', async () => {
      const task = aNewTask();
      await store.tasks.create(task);

      expect(await store.tasks.get('eve', task.id, 'FULL')).toBeUndefined();
      expect(await store.tasks.get('eve', task.id, 'MINIMAL')).toBeUndefined();
    });

    it.each(['', 'x', '%00', '\u0000', v7().toUpperCase(), v7()])(
      'knows no task %j',
      async (id) => {
        expect(await store.tasks.get('ada', id, 'MINIMAL')).toBeUndefined();
        expect(await store.tasks.get('ada', id, 'FULL')).toBeUndefined();
      },
    );

    it('shows the logs of settled attempts in their order', async () => {
      const task = aNewTask();
      await store.tasks.create(task);
      for (const code of [1, 2]) {
        await store.attempts.open(task.id);
        const log = { logs: [{ exit_code: code, stdout: 'nul \u0000 in the tail' }], outputs: [] };
        const settlement = code === 2 ? aSettlement({ log }) : aRetry({ log });
        await store.attempts.settle(task.id, code, settlement);
      }

      const full = await store.tasks.get('ada', task.id, 'FULL');

      expect(full?.logs?.map(({ logs }) => logs[0]?.exit_code)).toEqual([1, 2]);
      expect(full?.logs?.[0]?.logs[0]?.stdout).toBe('nul \u0000 in the tail');
    });
  });
});
