/** How long a cancel takes on an idle system: until GET says CANCELED, and until pod and Secrets are gone. */
import { setTimeout as pause } from 'node:timers/promises';

import type { TaskState } from '../../src/tes/state.ts';
import { environment } from '../support/test-environment.ts';
import { type Figure, toFigure } from './figure.ts';
import { countOf, type Extent, type Findings } from './part.ts';
import { type Rig, withRig } from './rig.ts';
import type { Size } from './workload.ts';

const SIZE: Size = { cpuCores: 0.5, ramGb: 0.5 };
const POLL_MS = 10;
const PATIENCE_MS = 60_000;
/** A command that has begun has been at work for that long when it is cancelled. */
const AT_WORK_MS = 500;

/** When tasks are cancelled. */
const MOMENTS = ['QUEUED', 'INITIALIZING', 'RUNNING'] as const satisfies readonly TaskState[];

/** Cancels tasks whose command honours SIGTERM, one after the other, in each state. */
export async function measureCancels(
  extent: Extent,
  say: (line: string) => void,
): Promise<Findings> {
  const count = countOf(extent, { quick: 2, full: 20 });
  const figures = await withRig(async (rig) => {
    const found: Figure[] = [];
    for (const state of MOMENTS) {
      say(`${count} tasks cancelled while ${state} …`);
      found.push(...(await timeCancels(rig, { state, count })));
    }
    return found;
  });
  return { figures, notes: [] };
}

async function timeCancels(
  rig: Rig,
  { state, count }: { state: TaskState; count: number },
): Promise<Figure[]> {
  const canceled: number[] = [];
  const gone: number[] = [];
  for (let round = 0; round < count; round += 1) {
    const times = await cancelOne(rig, state);
    canceled.push(times.canceled);
    gone.push(times.gone);
  }
  return [
    toFigure(`${state}: cancel → CANCELED in GET`, 'ms', canceled, '< 3000'),
    toFigure(`${state}: cancel → pod and Secrets gone`, 'ms', gone),
  ];
}

async function cancelOne(
  { client, api, path }: Rig,
  state: TaskState,
): Promise<{ canceled: number; gone: number }> {
  const id = await client.submit(buildSleeper());
  await reached(() => client.state(id), state);
  if (state === 'RUNNING') await pause(AT_WORK_MS);
  const begun = performance.now();
  await client.cancel(id);
  await reached(() => client.state(id), 'CANCELED');
  const canceled = performance.now() - begun;
  const countLeft = async (): Promise<number> => {
    const query = { labelSelector: `orrery.dev/task=${id}` };
    const kinds = ['pods', 'secrets'].map((kind) =>
      api.json<{ items: unknown[] }>({ method: 'GET', path: `${path}/${kind}`, query }),
    );
    return (await Promise.all(kinds)).reduce((sum, { items }) => sum + items.length, 0);
  };
  await reached(countLeft, 0);
  return { canceled, gone: performance.now() - begun };
}

function buildSleeper(): object {
  return {
    name: 'sleeper',
    resources: { cpu_cores: SIZE.cpuCores, ram_gb: SIZE.ramGb },
    executors: [{ image: environment('DEMO_IMAGE'), command: ['sleep', '600'] }],
  };
}

async function reached<T>(look: () => Promise<T>, wanted: T): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  for (let seen = await look(); seen !== wanted; seen = await look()) {
    if (performance.now() > until)
      throw new Error(`${String(wanted)} is not reached: ${String(seen)}`);
    await pause(POLL_MS);
  }
}
