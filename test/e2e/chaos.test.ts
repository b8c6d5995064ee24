/** A short run of chaos: the same harness as `npm run chaos`, with a short list of actions, on simulated nodes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { listActions } from '../chaos/actions.ts';
import { FATES } from '../chaos/fates.ts';
import type { OpenState } from '../chaos/matrix.ts';
import { BRIEF } from '../chaos/profile.ts';
import { runChaos, type RunResult } from '../chaos/run.ts';
import { openSimulatedWorld } from '../chaos/simulated-world.ts';
import { tellStory } from '../chaos/story.ts';
import type { World } from '../chaos/world.ts';

const SHORT_LIST = [
  'kill api',
  'kill worker',
  'kill controller',
  'pause worker',
  'cut worker–kubernetes',
  'stall controller–postgres',
  'close watches controller–kubernetes',
  'delete pod',
  'evict pod',
];
/** In these each action of the list is to hit a task; the run goes on until it has, within bounds. */
const STATES: readonly OpenState[] = ['INITIALIZING', 'RUNNING'];
const FATES_OF_TEST = ['short', 'long', 'staged', 'exit-code', 'evicted-once', 'two-executors'];

const TASKS = 50;

let folder: string;
let world: World;
let result: RunResult;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orrery-test-'));
  world = await openSimulatedWorld(folder, () => undefined);
  result = await runChaos({
    ...{ tasks: TASKS, minutes: 0.75, seed: 7, profile: BRIEF, world },
    actions: listActions({ hasNodes: true })
      .filter(({ row }) => SHORT_LIST.includes(`${row.action} ${row.target}`))
      .map((action) => ({ ...action, row: { ...action.row, states: STATES } })),
    fates: FATES.filter(({ name }) => FATES_OF_TEST.includes(name)),
    say: () => undefined,
    signal: new AbortController().signal,
  });
}, 600_000);

afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

describe('a short run of chaos', () => {
  it('accepts every task that is submitted', () => {
    expect(result.evidence.submissions.all().length).toBeGreaterThanOrEqual(TASKS);
  });

  it('hits tasks that are initialised and tasks that run with each action of its list', () => {
    expect(result.matrix.rows).toHaveLength(SHORT_LIST.length);
    expect(result.matrix.missing(1)).toEqual([]);
  });

  it('leaves every task in its true final state, run once, with nothing left over', () => {
    const { evidence, violations } = result;
    const stories = violations.map((violation) =>
      violation.taskId === undefined
        ? violation.text
        : tellStory(evidence, violation.taskId, [violation]),
    );
    expect(stories).toEqual([]);
  });
});
