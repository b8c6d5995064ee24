/** Workflows that somebody resets, starts twice, or whose wait Temporal takes away: one pod, one run, a true end. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTemporalClient } from '../../src/temporal/client.ts';
import { type PodsAlive, watchPodsAlive } from '../support/pods-alive.ts';
import { aShellTask, NOTE_RUN, notedAt } from '../support/shell-task.ts';
import { startSystem, type System } from '../support/system.ts';
import { environment } from '../support/test-environment.ts';

const NAMESPACE = 'default';
const FIRST_DECISION = 4;

const temporal = createTemporalClient({
  address: environment('TEMPORAL_ADDRESS'),
  namespace: NAMESPACE,
  taskQueue: 'none',
});

let system: System;
let alive: PodsAlive;

beforeAll(async () => {
  system = await startSystem({ split: true });
  alive = await watchPodsAlive(system.namespace);
}, 120_000);

afterAll(async () => {
  await alive.stop();
  await system.stop();
  await temporal.close();
}, 60_000);

/** A task that notes each run of its command, caught in the middle of it. */
async function aRunningTask(name: string, seconds = 8): Promise<string> {
  const script = `${NOTE_RUN}; sleep ${seconds}`;
  const id = await system.submit(aShellTask(script, notedAt(system.fileUrl(name))));
  await system.reaches(id, 'RUNNING');
  return id;
}

/** Waits for a good end and counts the attempts, the pods and the runs of the command. */
async function countRuns(id: string, name: string) {
  const task = await system.ends(id, 'COMPLETE');
  const runs = (await system.readFile(name)).split('\n').length - 1;
  return { attempts: task.logs?.length, pods: alive.of(id).uids.length, runs };
}

const ONCE = { attempts: 1, pods: 1, runs: 1 };

describe('a workflow', () => {
  it('that is reset to its beginning adopts the pod that runs', async () => {
    const id = await aRunningTask('reset');
    await temporal.client.workflowService.resetWorkflowExecution({
      namespace: NAMESPACE,
      workflowExecution: { workflowId: id },
      reason: 'a test of resets',
      requestId: crypto.randomUUID(),
      workflowTaskFinishEventId: FIRST_DECISION as never,
    });
    await expect(countRuns(id, 'reset')).resolves.toEqual(ONCE);
  }, 180_000);

  it('that is started a second time under another id shares pod and end with the first', async () => {
    const id = await aRunningTask('twin');
    const twin = await temporal.client.workflow.start('runTask', {
      workflowId: `twin-of-${id}`,
      taskQueue: system.taskQueue,
      args: [{ taskId: id }],
    });
    await expect(countRuns(id, 'twin')).resolves.toEqual(ONCE);
    // Nobody wakes the twin: its wait belongs to another workflow id, so it is asked to look by hand.
    await temporal.client.activity
      .complete({ workflowId: twin.workflowId, activityId: 'await-1' }, 'ended')
      .catch(() => undefined);
    await expect(twin.result()).resolves.toBe('COMPLETE');
  }, 180_000);

  it('whose wait times out again and again looks at the pod itself and goes on', async () => {
    const id = await aRunningTask('timed-out', 20);
    // Nobody else may wake it.
    await system.process('controller').kill('SIGKILL');
    await temporal.client.workflowService.updateActivityOptions({
      namespace: NAMESPACE,
      execution: { workflowId: id },
      id: 'await-1',
      activityOptions: { startToCloseTimeout: { seconds: 1 as never } },
      updateMask: { paths: ['startToCloseTimeout'] },
    });
    await system.until(
      async () => {
        const { pendingActivities } =
          await temporal.client.workflowService.describeWorkflowExecution({
            namespace: NAMESPACE,
            execution: { workflowId: id },
          });
        return (pendingActivities[0]?.attempt ?? 0) > 1;
      },
      { what: 'the wait has timed out', withinMs: 30_000 },
    );
    await expect(countRuns(id, 'timed-out')).resolves.toEqual(ONCE);
    const { events } = await temporal.client.workflow.getHandle(id).fetchHistory();
    expect(events?.length).toBeLessThanOrEqual(26);
    await system.process('controller').start();
  }, 180_000);
});

describe('the cluster', () => {
  it('holds nothing of these tasks', async () => {
    await expect(system.leftovers()).resolves.toEqual([]);
  }, 90_000);
});
