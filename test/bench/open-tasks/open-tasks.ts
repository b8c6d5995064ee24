/** What asks about all open tasks, among very many: `orrery collect --dry-run`, and the statistics behind the gauges. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import type { Store } from '../../../src/store/store.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { usualSettings } from '../bench-system.ts';
import { type Figure, toFigure } from '../figure.ts';
import { untilInterrupted } from '../interruption.ts';
import { memoryOf } from '../memory.ts';
import { countOf, type Extent, type Findings } from '../part.ts';
import { fillWithOpenTasks, tieToEngines, withStore } from './open-rows.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const READS = 10;
const DEADLINES = { queueMs: 7 * 86_400_000, totalMs: 30 * 86_400_000 };
const LOOK_MS = 50;

/** Most tasks wait as rows, as limits have it; then all of them have a pod, as without limits. */
export async function measureOpenTasks(
  extent: Extent,
  say: (line: string) => void,
): Promise<Findings> {
  const tasks = countOf(extent, { quick: 2_000, full: 100_000 });
  const figures: Figure[] = [];
  for (const started of [Math.min(2_000, tasks / 50), tasks]) {
    say(`${tasks} open tasks, ${started} of them started …`);
    figures.push(...(await untilInterrupted(() => measureAmong({ tasks, started }))));
  }
  return { figures, notes: [] };
}

async function measureAmong(counts: { tasks: number; started: number }): Promise<Figure[]> {
  const database = await createTestDatabase();
  try {
    await fillWithOpenTasks(database.url, counts);
    const what = `${counts.tasks} open tasks, ${counts.started} started`;
    const reads = await withStore(database.url, async (store) => {
      await tieToEngines(store);
      return timeStatistics(store);
    });
    const { seconds, peak } = await collect(database.url);
    return [
      toFigure(`${what}: statistics for the gauges`, 'ms', reads),
      toFigure(`${what}: collect --dry-run`, 's', [seconds]),
      toFigure(`${what}: collect --dry-run, most memory`, 'MiB', [peak]),
    ];
  } finally {
    await database.drop();
  }
}

async function timeStatistics({ statistics }: Store): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < READS; round += 1) {
    const begun = performance.now();
    await statistics.read(DEADLINES);
    times.push(performance.now() - begun);
  }
  return times;
}

/** The command as an operator runs it. */
async function collect(url: string): Promise<{ seconds: number; peak: number }> {
  const begun = performance.now();
  const child = spawn(process.execPath, ['src/bin/orrery.ts', 'collect', '--dry-run'], {
    cwd: ROOT,
    env: { ...process.env, ...usualSettings(url) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let peak = 0;
  const ended = once(child, 'exit');
  while (child.exitCode === null && child.signalCode === null) {
    peak = Math.max(peak, peakOf(child.pid));
    await Promise.race([ended, pause(LOOK_MS)]);
  }
  const seconds = (performance.now() - begun) / 1000;
  if (child.exitCode !== 0) throw new Error('orrery collect --dry-run has failed');
  return { seconds, peak };
}

/** 0 once it has ended. */
function peakOf(pid: number | undefined): number {
  try {
    return pid === undefined ? 0 : memoryOf(pid).peak;
  } catch {
    return 0;
  }
}
