/** How long a cancel takes on an idle system: until GET says CANCELED, and until pod and Secrets are gone. */
import { setTimeout as pause } from 'node:timers/promises';

import type { TaskState } from '../../src/tes/state.ts';
import { type Patience, until } from '../support/until.ts';
import { type Figure, toFigure } from './figure.ts';
import { countOf, type Extent, type Findings } from './part.ts';
import { type Rig, withRig } from './rig.ts';
import { buildTask, SMALL } from './workload.ts';

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

async function cancelOne(rig: Rig, state: TaskState): Promise<{ canceled: number; gone: number }> {
  const { client } = rig;
  const id = await client.submit(buildTask(SMALL, 'cancel', ['sleep', '600']));
  const reaches = (wanted: TaskState) =>
    until(async () => (await client.state(id)) === wanted, soon(`task ${id} is ${wanted}`));
  await reaches(state);
  if (state === 'RUNNING') await pause(AT_WORK_MS);
  const begun = performance.now();
  await client.cancel(id);
  await reaches('CANCELED');
  const canceled = performance.now() - begun;
  const isGone = async () => (await rig.objects()).every((name) => !name.includes(id));
  await until(isGone, soon('pod and Secrets are gone'));
  return { canceled, gone: performance.now() - begun };
}

const soon = (what: string): Patience => ({ what, withinMs: PATIENCE_MS, everyMs: POLL_MS });
