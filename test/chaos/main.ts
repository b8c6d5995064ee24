/** `npm run chaos`, once the environment is there: runs, proves, reports. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { describeMachine } from '../bench/machine.ts';
import { listActions } from './actions.ts';
import { openClusterApi } from './cluster-access.ts';
import type { Evidence, Violation } from './evidence.ts';
import { listFates } from './fates.ts';
import { focusOf } from './mutants.ts';
import { type ChaosOptions, parseChaosOptions } from './options.ts';
import { BRIEF, type Profile, REAL, SIMULATED } from './profile.ts';
import { openRealWorld } from './real-world.ts';
import { buildReport } from './report.ts';
import { runChaos, type RunOptions, type RunResult } from './run.ts';
import { openSimulatedWorld } from './simulated-world.ts';
import { tellStory } from './story.ts';
import type { World } from './world.ts';

const MOST_STORIES = 20;

function say(line: string): void {
  console.error(line);
}

async function openWorld(options: ChaosOptions, folder: string): Promise<World> {
  if (options.pods === 'simulated') return openSimulatedWorld(folder, say);
  const api = openClusterApi();
  return openRealWorld(api, folder).finally(() => {
    api.close();
  });
}

function profileOf({ pods, mutant }: ChaosOptions): Profile {
  if (mutant !== undefined) return { ...BRIEF, patienceMs: 0 };
  return pods === 'simulated' ? SIMULATED : REAL;
}

/** A mutant is tried with what brings it to light. */
function choicesOf({ pods, mutant }: ChaosOptions): Pick<RunOptions, 'actions' | 'fates'> & {
  readonly canceledShare?: number;
} {
  const actions = listActions({ hasNodes: pods === 'simulated' });
  const fates = listFates(pods);
  if (mutant === undefined) return { actions, fates };
  const focus = focusOf(mutant);
  return {
    actions: actions.filter(({ row }) => focus.actions.includes(`${row.action} ${row.target}`)),
    fates: fates.filter(({ name }) => focus.fates.includes(name)),
    canceledShare: focus.canceledShare,
  };
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseChaosOptions(args);
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interrupted.abort(new Error('interrupted'));
    });
  }
  const machine = await describeMachine();
  const at = new Date().toISOString();
  const profile = profileOf(options);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'orrery-chaos-'));
  const world = await openWorld(options, folder);
  try {
    const { mutant, tasks, minutes, seed } = options;
    const result = await runChaos({
      ...{ tasks, minutes, seed, profile, world, say },
      ...(mutant !== undefined && { mutant }),
      ...choicesOf(options),
      signal: interrupted.signal,
    });
    const { evidence, violations, matrix, counts, seconds } = result;
    const report = buildReport({
      ...{ options, at, machine, matrix, counts, violations, seconds },
      loadAfter: os.loadavg(),
      wantedHits: profile.wantedHits,
      submissions: evidence.submissions.all(),
      states: Object.fromEntries(
        [...Map.groupBy(evidence.records.values(), ({ state }) => state)].map(([state, tasks]) => [
          state,
          tasks.length,
        ]),
      ),
    });
    console.log(report);
    if (options.report !== undefined) await write(options.report, report);
    tellViolations(result);
    return violations.length === 0 ? 0 : 1;
  } finally {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  say(`Written to ${file}.`);
}

function tellViolations({ evidence, violations, folder }: RunResult): void {
  if (violations.length === 0) return;
  const kinds = Map.groupBy(violations, ({ kind }) => kind);
  for (const [kind, found] of kinds) say(`${found.length} × ${kind}`);
  for (const { kind, text } of violations.filter(({ taskId }) => taskId === undefined)) {
    say(`VIOLATION ${kind}: ${text}`);
  }
  for (const story of storiesOf(evidence, violations)) say(`\n${story}`);
  say(`\nThe logs of the processes are in ${folder}.`);
}

function storiesOf(evidence: Evidence, violations: readonly Violation[]): string[] {
  return [...Map.groupBy(violations, ({ taskId }) => taskId)]
    .flatMap(([taskId, found]) => (taskId === undefined ? [] : [{ taskId, found }]))
    .slice(0, MOST_STORIES)
    .map(({ taskId, found }) => tellStory(evidence, taskId, found));
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  return 2;
});
