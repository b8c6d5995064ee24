/** Workflows that somebody takes away from their tasks. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTemporalClient } from '../../src/temporal/client.ts';
import { type PodsAlive, watchPodsAlive } from '../support/pods-alive.ts';
import { aShellTask, NOTE_RUN, notedAt } from '../support/shell-task.ts';
import { startSystem, type System } from '../support/system.ts';
import { environment } from '../support/test-environment.ts';

let system: System;
let alive: PodsAlive;
let ids: { readonly terminated: string; readonly forgotten: string };

beforeAll(async () => {
  system = await startSystem({
    split: true,
    settings: { ORRERY_TERMINATION_GRACE_SECONDS: '2' },
  });
  alive = await watchPodsAlive(system.namespace);
  ids = {
    terminated: await system.submit(aShellTask('sleep 300')),
    forgotten: await system.submit(
      aShellTask(`${NOTE_RUN}; sleep 15`, notedAt(system.fileUrl('forgotten'))),
    ),
  };
  await system.reaches(ids.terminated, 'RUNNING');
  await system.reaches(ids.forgotten, 'RUNNING');
  await takeAway();

  // The controller trusts a dispatch for two minutes and looks every minute, beginning with its start.
  await system.sql("update outbox set dispatched_at = now() - interval '3 minutes'");
  await system.process('controller').kill('SIGKILL');
  await system.process('controller').start();
}, 180_000);

afterAll(async () => {
  await alive.stop();
  await system.stop();
}, 60_000);

async function takeAway(): Promise<void> {
  const { client, close } = createTemporalClient({
    address: environment('TEMPORAL_ADDRESS'),
    namespace: 'default',
    taskQueue: system.taskQueue,
  });
  await client.workflow.getHandle(ids.terminated).terminate('by an operator');
  await client.workflowService.deleteWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: ids.forgotten },
  });
  await system.until(
    async () => {
      const found = await client.workflow
        .getHandle(ids.forgotten)
        .describe()
        .catch(() => undefined);
      return found === undefined;
    },
    { what: 'Temporal forgets the workflow', withinMs: 30_000 },
  );
  await close();
}

describe('a task whose workflow', () => {
  it('was terminated ends SYSTEM_ERROR with that reason, and its pod is gone', async () => {
    const task = await system.ends(ids.terminated, 'SYSTEM_ERROR');
    expect(task.logs?.at(-1)?.system_logs?.at(-1)).toContain('closed in Temporal');
    await system.until(async () => (await system.namespace.podsOf(task.id)).length === 0, {
      what: 'the pod is gone',
      withinMs: 30_000,
    });
  }, 180_000);

  it('was forgotten gets another one, which adopts the pod: the command runs once', async () => {
    const task = await system.ends(ids.forgotten, 'COMPLETE');
    expect(task.logs).toHaveLength(1);
    expect(alive.of(task.id).uids).toHaveLength(1);
    await expect(system.readFile('forgotten')).resolves.toBe('run\n');
  }, 180_000);

  it('leaves nothing behind', async () => {
    await expect(system.leftovers()).resolves.toEqual([]);
  }, 90_000);
});
