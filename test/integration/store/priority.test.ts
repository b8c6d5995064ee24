import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aDocument, AMPLE, aNewTask, openTestStore, type TestStore } from '../../support/store.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** Stores a task with this priority and returns its id. */
async function aTask(owner: string, priority?: number, key?: string): Promise<string> {
  const backend_parameters = { Priority: String(priority) };
  const resources = priority === undefined ? {} : { resources: { backend_parameters } };
  const task = aNewTask({ owner, document: aDocument(resources) });
  if (key === undefined) await store.tasks.create(task);
  else await store.tasks.createOnce(task, { key, bodyHash: '00'.repeat(32) });
  return task.id;
}

/** The tasks that one free slot after the other goes to. */
async function startOneByOne(count: number): Promise<string[]> {
  const started: string[] = [];
  for (let pods = 1; pods <= count; pods += 1) {
    const { claimed } = await store.outbox.claim(64, { ...AMPLE, pods });
    started.push(...claimed.map(({ taskId }) => taskId));
    await store.outbox.markDispatched(claimed.map(({ taskId }) => taskId));
  }
  return started;
}

describe('tasks that wait', () => {
  it('start by their priority within one owner, and by age where it is the same; owners stay in turn', async () => {
    const low = await aTask('ada', -5);
    const usual = await aTask('ada');
    const later = await aTask('ada', 0);
    const high = await aTask('ada', 100, 'key');
    const other = await aTask('bob', -100);

    const started = await startOneByOne(5);

    expect(started.filter((id) => id !== other)).toEqual([high, usual, later, low]);
    expect(started.slice(0, 2)).toContain(other);
  });
});
