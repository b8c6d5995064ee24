/** Memory of a worker with many sleeping tasks, and what it costs to replay them: real workflows on the real Temporal. */
import { randomUUID } from 'node:crypto';

import type { Client } from '@temporalio/client';
import pLimit from 'p-limit';

import { createTemporalClient } from '../../../src/temporal/client.ts';
import { createWaitCompleter } from '../../../src/temporal/completer.ts';
import { environment } from '../../support/test-environment.ts';
import { until } from '../../support/until.ts';
import { type Figure, toFigure } from '../figure.ts';
import { untilInterrupted } from '../interruption.ts';
import { countOf, type Extent, type Findings } from '../part.ts';
import { watchShares } from '../process-shares.ts';
import { type SleepingWorker, startSleepingWorker } from './sleeping-worker.ts';

const IN_FLIGHT = 32;
const PATIENCE_MS = 30 * 60_000;
const MIB = 1024 * 1024;

/** So many workflows stay in memory, as the target has it; others are replayed when they wake. */
const CACHE = 2_000;

/** What one crowd of sleepers cost. */
interface Night {
  readonly tasks: number;
  readonly cache: number;
  readonly memory: { readonly empty: number; readonly asleep: number; readonly woken: number };
  /** CPU of the worker in milliseconds a task. */
  readonly cpu: { readonly falling: number; readonly waking: number };
  readonly wokenPerSecond: number;
  /** Temporal's share of the cores while they woke. */
  readonly temporalCores: number;
  readonly events: number;
}

/** Lets tasks sleep in `awaitPod` and wakes all: most of them beyond the cache, and as many as fit into it for comparison. */
export async function measureSleepers(
  extent: Extent,
  say: (line: string) => void,
): Promise<Findings> {
  const tasks = countOf(extent, { quick: 100, full: 10_000 });
  const cache = Math.min(CACHE, Math.ceil(tasks / 5));
  say(`${tasks} tasks fall asleep and wake, ${cache} of them in the cache …`);
  const many = await sleep(tasks, cache);
  say(`${cache} tasks fall asleep and wake, all in the cache …`);
  const cached = await sleep(cache, cache);
  return { figures: toFigures(many, cached), notes: [] };
}

async function sleep(tasks: number, cache: number): Promise<Night> {
  const address = environment('TEMPORAL_ADDRESS');
  const taskQueue = `sleepers-${randomUUID()}`;
  const temporal = createTemporalClient({ address, namespace: 'default', taskQueue });
  const worker = startSleepingWorker(address, taskQueue, cache);
  try {
    const crowd = { client: temporal.client, taskQueue, worker, ids: newIds(tasks) };
    return await untilInterrupted(() => passNight(crowd, cache));
  } finally {
    await worker.stop();
    await temporal.close();
  }
}

function newIds(count: number): string[] {
  return Array.from({ length: count }, () => randomUUID());
}

interface CrowdOfSleepers {
  readonly client: Client;
  readonly taskQueue: string;
  readonly worker: SleepingWorker;
  readonly ids: readonly string[];
}

async function passNight(crowd: CrowdOfSleepers, cache: number): Promise<Night> {
  const { worker, client, ids } = crowd;
  const empty = await worker.look();
  await fallAsleep(crowd);
  const asleep = await worker.look();
  const shares = watchShares();
  const begun = performance.now();
  await wakeUp(crowd);
  const seconds = (performance.now() - begun) / 1000;
  const temporalCores = shares().find(({ who }) => who === 'Temporal')?.cores ?? 0;
  const woken = await worker.look();
  const history = await client.workflow.getHandle(ids[0] ?? '').fetchHistory();
  return {
    tasks: ids.length,
    cache,
    memory: { empty: empty.rss, asleep: asleep.rss, woken: woken.rss },
    cpu: {
      falling: (asleep.cpuMs - empty.cpuMs) / ids.length,
      waking: (woken.cpuMs - asleep.cpuMs) / ids.length,
    },
    wokenPerSecond: ids.length / seconds,
    temporalCores,
    events: history.events?.length ?? 0,
  };
}

async function fallAsleep({ client, taskQueue, worker, ids }: CrowdOfSleepers): Promise<void> {
  const limit = pLimit(IN_FLIGHT);
  const start = (taskId: string) =>
    client.workflow.start('runTask', { workflowId: taskId, taskQueue, args: [{ taskId }] });
  await limit.map(ids, start);
  await until(async () => (await worker.look()).asleep >= ids.length, {
    what: 'all tasks sleep',
    withinMs: PATIENCE_MS,
    everyMs: 500,
  });
}

async function wakeUp({ client, ids }: CrowdOfSleepers): Promise<void> {
  const limit = pLimit(IN_FLIGHT);
  const completer = createWaitCompleter(client);
  await limit.map(ids, async (taskId) => {
    await completer.complete({ taskId, number: 1 }, 'ended');
    await client.workflow.getHandle(taskId).result();
  });
}

function toFigures(many: Night, cached: Night): Figure[] {
  const { tasks, cache, memory, cpu } = many;
  const replayed = (tasks - cache) / tasks;
  const replay = (cpu.waking - cached.cpu.waking) / replayed;
  const asleep = `${tasks} tasks asleep, ${cache} cached`;
  return [
    toFigure('worker: memory (RSS), empty', 'MiB', [memory.empty / MIB]),
    toFigure(`worker: memory, ${asleep}`, 'MiB', [memory.asleep / MIB], '< 1229'),
    toFigure('worker: memory after all were woken', 'MiB', [memory.woken / MIB], '< 1229'),
    toFigure('worker: CPU from start to sleep, a task', 'ms', [cpu.falling]),
    toFigure('worker: CPU from waking to end, a cached task', 'ms', [cached.cpu.waking]),
    toFigure('worker: CPU of a replay', 'ms', [replay]),
    toFigure(`woken and ended, all of ${tasks}`, '/s', [many.wokenPerSecond]),
    toFigure(`woken and ended, all of ${cache}, cached`, '/s', [cached.wokenPerSecond]),
    toFigure('cores used by Temporal meanwhile', 'cores', [many.temporalCores]),
    toFigure('history events of a sleeper', 'events', [many.events]),
  ];
}
