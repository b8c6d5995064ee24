/** What operators see in Temporal, and that its refusals stop nothing. */
import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, type WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { pino } from 'pino';

import { createTemporalClient } from '../../src/temporal/client.ts';
import { createTaskLauncher } from '../../src/temporal/launcher.ts';
import {
  createSearchAttributeUse,
  type SearchAttributeUse,
} from '../../src/temporal/search-attributes.ts';
import { environment } from '../support/test-environment.ts';
import { until } from '../support/until.ts';
import { createWorkflowBench } from '../support/workflow-run.ts';

const address = environment('TEMPORAL_ADDRESS');
const namespace = `attributes-${randomUUID()}`;
const { client, connection, close } = createTemporalClient({
  address,
  namespace,
  taskQueue: 'none',
});
type Described = Awaited<ReturnType<WorkflowHandle['describe']>>;

const logger = pino({ level: 'silent' });
const SUMMARY = { name: 'align', image: 'registry.test/tools/aligner:1', executors: 2, ramGb: 4 };

let bench: Awaited<ReturnType<typeof createWorkflowBench>>;

beforeAll(async () => {
  bench = await createWorkflowBench();
  await client.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: '86400' as never },
  });
  await until(() => client.workflowService.describeNamespace({ namespace }).then(() => true), {
    what: 'the namespace is there',
    withinMs: 30_000,
  });
}, 90_000);

afterAll(async () => {
  await client.workflowService.deprecateNamespace({ namespace });
  await close();
  await bench.close();
}, 60_000);

/** Starts a task through the launcher and drives it to SYSTEM_ERROR. */
async function failTask(searchAttributes: SearchAttributeUse) {
  const taskId = randomUUID();
  const launcher = createTaskLauncher(client, {
    taskQueue: taskId,
    summarise: () => Promise.resolve(SUMMARY),
    searchAttributes,
  });
  // A namespace that was just made is not known to all parts of the server at once.
  await until(() => launcher.launch({ taskId, desired: 'start' }).then(() => true), {
    what: 'the workflow is started',
    withinMs: 30_000,
  });
  const native = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection: native,
    namespace,
    taskQueue: taskId,
    workflowBundle: bench.workflowBundle,
    activities: {
      ensurePod: () => Promise.resolve({ kind: 'final', state: 'SYSTEM_ERROR', number: 2 }),
      settleAttempt: () =>
        Promise.resolve({ kind: 'done', state: 'SYSTEM_ERROR', reason: 'NodeLost' }),
    },
  });
  const handle = new Client({ connection, namespace }).workflow.getHandle(taskId);
  const details = await worker.runUntil(async () => {
    await handle.result();
    return handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  });
  await native.close();
  return { described: await handle.describe(), details: details.currentDetails };
}

const oursOf = ({ typedSearchAttributes }: Described): Record<string, unknown> =>
  Object.fromEntries(
    typedSearchAttributes
      .getAll()
      .map(({ key, value }): [string, unknown] => [key.name, value])
      .filter(([name]) => name.startsWith('Orrery')),
  );

const NEVER: SearchAttributeUse = {
  mayUse: () => Promise.resolve(false),
  refused: () => undefined,
};

describe('a workflow in a namespace without the attributes', () => {
  it('is started without them, and ends', async () => {
    const { described, details } = await failTask(NEVER);
    expect(described.status.name).toBe('COMPLETED');
    expect(oursOf(described)).toEqual({});
    expect(await described.staticSummary()).toBe('align · aligner:1 · 4 GB');
    expect(details).toBe('**SYSTEM_ERROR** after attempt 2: `NodeLost`');
  }, 60_000);

  it('is started without them also when Temporal refuses what was believed to be registered', async () => {
    let refusals = 0;
    const { described } = await failTask({
      mayUse: () => Promise.resolve(true),
      refused: () => {
        refusals += 1;
      },
    });
    expect(refusals).toBeGreaterThan(0);
    expect(described.status.name).toBe('COMPLETED');
    expect(oursOf(described)).toEqual({});
  }, 60_000);
});

describe('a workflow in a namespace where they can be registered', () => {
  it('has its image from the start and the reason of its end', async () => {
    const use = createSearchAttributeUse(connection, { namespace, logger });
    expect(await use.mayUse()).toBe(true);
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace,
    });
    expect(Object.keys(customAttributes)).toEqual(
      expect.arrayContaining(['OrreryImage', 'OrreryReason', 'OrreryState', 'OrreryAttempts']),
    );
    const described = await until(
      async () => {
        const run = await failTask({ ...use, refused: () => undefined });
        return 'OrreryImage' in oursOf(run.described) && run.described;
      },
      { what: 'the attributes have reached the server', withinMs: 60_000 },
    );
    expect(oursOf(described)).toEqual({
      OrreryImage: 'registry.test/tools/aligner:1',
      OrreryState: 'SYSTEM_ERROR',
      OrreryReason: 'NodeLost',
      OrreryAttempts: '2',
    });
  }, 120_000);
});
