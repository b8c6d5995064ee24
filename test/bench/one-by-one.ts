/** One task at a time on an idle system, each beside bare pods with the same command: in one container, and in as many. */
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

import { podName } from '../../src/tes/attempt.ts';
import { isFinal } from '../../src/tes/state.ts';
import { createBarePod, STAGES_BEFORE } from './bare-pod.ts';
import { type Figure, toFigure } from './figure.ts';
import { countOf, type Extent, type Findings } from './part.ts';
import type { PodTimes } from './pod-clock.ts';
import { type Rig, withRig } from './rig.ts';
import type { StageTimes } from './stage-times.ts';
import { buildTask, SMALL } from './workload.ts';

/** The times of one pod, with its begin (POST or create) and the moment its end was known to the user. */
interface Run extends PodTimes {
  readonly begun: number;
  readonly known: number;
}

type Moments = Exclude<keyof Run, 'stages'>;

const POLL_MS = 5;
const PATIENCE_MS = 60_000;
const WARM_UPS = 2;

/** Runs pairs one by one, after some that do not count. */
export async function measurePairs(extent: Extent, say: (line: string) => void): Promise<Findings> {
  const count = countOf(extent, { quick: 4, full: 20 });
  say(`${count} tasks one by one, each beside bare pods …`);
  return { figures: await withRig((rig) => timePairs(rig, count)), notes: [] };
}

async function timePairs(rig: Rig, count: number): Promise<Figure[]> {
  const tasks: Run[] = [];
  const pods: Run[] = [];
  const staged: Run[] = [];
  const events: number[] = [];
  for (let round = -WARM_UPS; round < count; round += 1) {
    const { id, run } = await runTask(rig);
    const pod = await runBarePod(rig, 0);
    const stagedPod = await runBarePod(rig, STAGES_BEFORE);
    if (round < 0) continue;
    tasks.push(run);
    pods.push(pod);
    staged.push(stagedPod);
    events.push(await rig.historyLength(id));
  }
  return [
    toFigure('POST → pod admitted (gate lifted)', 'ms', spans(tasks, 'begun', 'admitted'), '< 150'),
    toFigure(
      'last container ended → final state in GET',
      'ms',
      spans(tasks, 'ended', 'known'),
      '< 300',
    ),
    toFigure('whole task: POST → final state', 'ms', spans(tasks, 'begun', 'known')),
    toFigure('bare pod: create → terminal phase', 'ms', spans(pods, 'begun', 'known')),
    toFigure('bare pod of three containers: the same', 'ms', spans(staged, 'begun', 'known')),
    toFigure('overhead over a bare pod', 'ms', overheads(tasks, pods), '< 1500'),
    toFigure('overhead over one of three containers', 'ms', overheads(tasks, staged)),
    ...stagePhases(tasks),
    ...barePhases('bare pod', pods),
    ...barePhases('three containers', staged),
    toFigure('history events of a task', 'events', events, '≤ 26'),
  ];
}

/** Where the time of a bare pod goes, as Kubernetes shows it. */
function barePhases(what: string, runs: readonly Run[]): Figure[] {
  const phase = (title: string, from: Moments, to: Moments): Figure =>
    toFigure(`  ${what}: ${title}`, 'ms', spans(runs, from, to));
  return [
    phase('admitted → scheduled', 'admitted', 'scheduled'),
    phase('scheduled → last container begun', 'scheduled', 'started'),
    phase('last container begun → ended', 'started', 'ended'),
    phase('last container ended → terminal phase', 'ended', 'known'),
  ];
}

/** Where the time of a task goes; what its stages wrote down is finer than what Kubernetes shows. */
function stagePhases(runs: readonly Run[]): Figure[] {
  const phase = (what: string, length: (run: Run, stages: StageTimes) => number): Figure =>
    toFigure(
      `  task: ${what}`,
      'ms',
      runs.flatMap((run) => (run.stages === undefined ? [] : [length(run, run.stages)])),
    );
  return [
    phase('admitted → scheduled', (run) => run.scheduled - run.admitted),
    phase('scheduled → inputs begun', (run, stages) => stages.inputsBegun - run.scheduled),
    phase('inputs at work', (_, stages) => stages.inputsEnded - stages.inputsBegun),
    phase('inputs ended → command begun', (_, stages) => stages.commandBegun - stages.inputsEnded),
    phase('command at work', (_, stages) => stages.commandEnded - stages.commandBegun),
    phase('command ended → last container ended', (run, stages) => run.ended - stages.commandEnded),
  ];
}

function spans(runs: readonly Run[], from: Moments, to: Moments): number[] {
  return runs.map((run) => run[to] - run[from]);
}

/** Each task against the bare pod that followed it. */
function overheads(tasks: readonly Run[], pods: readonly Run[]): number[] {
  const bare = spans(pods, 'begun', 'known');
  return spans(tasks, 'begun', 'known').map((took, index) => took - (bare[index] ?? 0));
}

async function runTask({ client, clock }: Rig): Promise<{ id: string; run: Run }> {
  const begun = performance.now();
  const id = await client.submit(buildTask(SMALL, 'one-by-one'));
  const times = await clock.times(podName({ taskId: id, number: 1 }));
  let state = await client.state(id);
  while (!isFinal(state)) {
    if (performance.now() > times.ended + PATIENCE_MS) throw new Error(`task ${id} stays ${state}`);
    await pause(POLL_MS);
    state = await client.state(id);
  }
  const known = performance.now();
  if (state !== 'COMPLETE') throw new Error(`task ${id} ended ${state}`);
  return { id, run: { ...times, begun, known } };
}

async function runBarePod({ api, path, clock }: Rig, initContainers: number): Promise<Run> {
  const begun = performance.now();
  const name = await createBarePod(api, path, { size: SMALL, initContainers });
  const times = await clock.times(name);
  return { ...times, begun, known: await clock.closed(name) };
}
