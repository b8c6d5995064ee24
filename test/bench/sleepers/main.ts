/**
 * Worker memory and replay CPU with many sleeping tasks: `node test/bench/sleepers/main.ts [--tasks 10000] [--cache 1000]`
 * in the environment of the tests. Starts real workflows on the real Temporal, lets all sleep in `awaitPod`, then wakes all.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';

import pLimit from 'p-limit';

import { createTemporalClient } from '../../../src/temporal/client.ts';
import { createWaitCompleter } from '../../../src/temporal/completer.ts';
import { environment } from '../../support/test-environment.ts';
import { until } from '../../support/until.ts';

interface Look {
  readonly asleep: number;
  readonly rss: number;
  readonly cpuMs: number;
}

const IN_FLIGHT = 32;
const MINUTES_MS = 60_000;
const PATIENCE_MS = 30 * MINUTES_MS;

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '10000' },
    cache: { type: 'string', default: '1000' },
  },
});
const tasks = Number(values.tasks);

const address = environment('TEMPORAL_ADDRESS');
const taskQueue = `sleepers-${randomUUID()}`;
const { client, close } = createTemporalClient({ address, namespace: 'default', taskQueue });
const ids = Array.from({ length: tasks }, () => randomUUID());
const limit = pLimit(IN_FLIGHT);

async function look(worker: ChildProcess): Promise<Look> {
  const answer = once(worker, 'message');
  worker.send('look');
  const [seen] = (await answer) as [Look];
  return seen;
}

/** Runs a step and returns what it cost: seconds, and CPU of the worker per task in milliseconds. */
async function measured(worker: ChildProcess, step: () => Promise<unknown>) {
  const [began, before] = [performance.now(), await look(worker)];
  await step();
  const after = await look(worker);
  const seconds = (performance.now() - began) / 1000;
  return { seconds, cpuPerTask: (after.cpuMs - before.cpuMs) / tasks, rss: after.rss };
}

async function startAll(worker: ChildProcess): Promise<void> {
  const start = (taskId: string) =>
    client.workflow.start('runTask', { workflowId: taskId, taskQueue, args: [{ taskId }] });
  await Promise.all(ids.map((id) => limit(start, id)));
  await until(async () => (await look(worker)).asleep >= tasks, {
    what: 'all tasks sleep',
    withinMs: PATIENCE_MS,
    everyMs: 500,
  });
}

async function wakeAll(): Promise<void> {
  const completer = createWaitCompleter(client);
  const wake = async (taskId: string) => {
    await completer.complete({ taskId, number: 1 }, 'ended');
    await client.workflow.getHandle(taskId).result();
  };
  await Promise.all(ids.map((id) => limit(wake, id)));
}

function say(what: string, value: number, unit: string): void {
  console.log(`${what.padEnd(52)} ${value.toFixed(1).padStart(9)} ${unit}`);
}

const MIB = 1024 * 1024;
const worker = fork(new URL('worker.ts', import.meta.url), [address, taskQueue, values.cache]);
try {
  const empty = await until(() => look(worker), { what: 'the worker', withinMs: MINUTES_MS });
  const asleep = await measured(worker, () => startAll(worker));
  const woken = await measured(worker, wakeAll);
  const history = await client.workflow.getHandle(ids[0] ?? '').fetchHistory();
  say('worker memory (RSS), empty', empty.rss / MIB, 'MiB');
  say(`worker memory with ${tasks} tasks asleep, cache ${values.cache}`, asleep.rss / MIB, 'MiB');
  say('worker memory after all were woken', woken.rss / MIB, 'MiB');
  say('from start to sleep, worker CPU a task', asleep.cpuPerTask, 'ms');
  say('from sleep to end, mostly replayed, worker CPU a task', woken.cpuPerTask, 'ms');
  say('tasks started a second', tasks / asleep.seconds, '/s');
  say('tasks woken and ended a second', tasks / woken.seconds, '/s');
  say('history events of a task', history.events?.length ?? 0, '');
} finally {
  worker.disconnect();
  await once(worker, 'exit');
  await close();
}
