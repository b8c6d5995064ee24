/** Many tasks at once on real pods, in turn with as many bare pods. */
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

import { createBarePod } from './bare-pod.ts';
import { type Figure, toFigure } from './figure.ts';
import { watchCores } from './machine.ts';
import { countOf, type Extent, type Findings } from './part.ts';
import { type Rig, withRig } from './rig.ts';
import { buildTask, type Size } from './workload.ts';

/** Small enough for all of them to be scheduled at the same time on two cores. */
const SIZE: Size = { cpuCores: 0.05, ramGb: 0.1 };
const POLL_MS = 100;
const PATIENCE_MS = 300_000;

/** What one crowd took. Times are in milliseconds. */
interface Crowd {
  readonly perSecond: number;
  readonly each: readonly number[];
  /** The busy share of all cores meanwhile. */
  readonly busy: number;
}

/** More than this many at once the one real node has no room for. */
const LARGEST = 200;

/** Runs many tasks at once, then as many bare pods, in rounds. */
export async function measureCrowds(
  extent: Extent,
  say: (line: string) => void,
): Promise<Findings> {
  const count = Math.min(LARGEST, countOf(extent, { quick: 5, full: 20 }));
  const rounds = extent.isQuick ? 1 : 3;
  say(`${count} tasks at once, then ${count} bare pods; ${rounds} of each …`);
  return withRig((rig) => timeCrowds(rig, { count, rounds }));
}

async function timeCrowds(
  rig: Rig,
  { count, rounds }: { count: number; rounds: number },
): Promise<Findings> {
  const tasks: Crowd[] = [];
  const pods: Crowd[] = [];
  for (let round = 0; round < rounds; round += 1) {
    tasks.push(await timeCrowd(() => runTasks(rig, { count, tag: `crowd-${round}` })));
    pods.push(await timeCrowd(() => runBarePods(rig, count)));
  }
  return {
    figures: [...toFigures(`${count} tasks`, tasks), ...toFigures(`${count} bare pods`, pods)],
    notes: [busyNote('tasks', tasks), busyNote('bare pods', pods)],
  };
}

function toFigures(what: string, crowds: readonly Crowd[]): Figure[] {
  const rates = crowds.map(({ perSecond }) => perSecond);
  const times = crowds.flatMap(({ each }) => each);
  return [
    toFigure(`${what} at once: ended`, '/s', rates),
    toFigure(`${what} at once: each`, 'ms', times),
  ];
}

function busyNote(what: string, crowds: readonly Crowd[]): string {
  const mean = crowds.reduce((sum, { busy }) => sum + busy, 0) / crowds.length;
  return `cores busy while many ${what} ran: ${Math.round(mean * 100)} %`;
}

/** `run` resolves with the time each of the crowd took since the begin. */
async function timeCrowd(run: () => Promise<readonly number[]>): Promise<Crowd> {
  const busy = watchCores();
  const each = await run();
  return { each, busy: busy(), perSecond: (each.length * 1000) / Math.max(...each) };
}

async function runTasks(
  { client }: Rig,
  { count, tag }: { count: number; tag: string },
): Promise<number[]> {
  const begun = performance.now();
  await Promise.all(Array.from({ length: count }, () => client.submit(buildTask(SIZE, tag))));
  const took = new Map<string, number>();
  while (took.size < count) {
    if (performance.now() > begun + PATIENCE_MS) {
      throw new Error(`only ${took.size} of ${count} tasks have ended in ${PATIENCE_MS / 1000} s`);
    }
    await pause(POLL_MS);
    for (const { id, state } of await client.finals(tag)) {
      if (state !== 'COMPLETE') throw new Error(`task ${id} ended ${state}`);
      if (!took.has(id)) took.set(id, performance.now() - begun);
    }
  }
  return [...took.values()];
}

async function runBarePods({ api, path, clock }: Rig, count: number): Promise<number[]> {
  const begun = performance.now();
  return Promise.all(
    Array.from({ length: count }, async () => {
      const closed = await clock.closed(await createBarePod(api, path, { size: SIZE }));
      return closed - begun;
    }),
  );
}
