/** Two callers behind a proxy that says who they are. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { TaskList } from '../../src/tes/task.ts';
import { aShellTask } from '../support/shell-task.ts';
import { startSystem, type System } from '../support/system.ts';

const TASKS = '/ga4gh/tes/v1/tasks';
const ADA = { 'x-forwarded-user': 'ada' };
const BOB = { 'x-forwarded-user': 'bob' };

let system: System;
let id: string;

beforeAll(async () => {
  system = await startSystem({ settings: { ORRERY_AUTH: 'trusted-header' } });
  id = await system.submit(aShellTask('true'), ADA);
}, 120_000);

afterAll(() => system.stop(), 60_000);

describe('a task of somebody else', () => {
  it('does not exist for those who ask for it, and cannot be canceled', async () => {
    await expect(system.get(`${TASKS}/${id}`, BOB)).resolves.toHaveProperty('status', 404);
    await expect(system.post(`${TASKS}/${id}:cancel`, undefined, BOB)).resolves.toHaveProperty(
      'status',
      404,
    );
    await expect(system.ends(id, 'COMPLETE', ADA)).resolves.toHaveProperty('id', id);
    await expect(system.get(`${TASKS}/${id}?view=FULL`, BOB)).resolves.toHaveProperty(
      'status',
      404,
    );
  }, 180_000);

  it('is in no list but its owner’s', async () => {
    const seen = await Promise.all(
      [ADA, BOB].map(async (headers) => (await system.get<TaskList>(TASKS, headers)).body.tasks),
    );
    expect(seen).toEqual([[expect.objectContaining({ id })], []]);
  });

  it('is shown to nobody who does not say who they are', async () => {
    await expect(system.get(`${TASKS}/${id}`)).resolves.toHaveProperty('status', 401);
  });
});

describe('the cluster', () => {
  it('holds nothing of tasks that ended', async () => {
    await expect(system.leftovers()).resolves.toEqual([]);
  }, 90_000);
});
