/** One run of chaos, from a fresh system to its proofs. */
import { setTimeout as pause } from 'node:timers/promises';

import type { Action, Stage } from './action.ts';
import { createApiDoor } from './api-door.ts';
import { type Arena, openArena } from './arena.ts';
import { readAuditLog } from './audit-log.ts';
import type { Evidence, Violation } from './evidence.ts';
import type { Fate } from './fates.ts';
import { marksByPod, readAnswers, readLeftovers, readRecords } from './gather.ts';
import { generate } from './generator.ts';
import { createJournal } from './journal.ts';
import { createMatrix, type Matrix } from './matrix.ts';
import type { MutantName } from './mutants.ts';
import { createPodHands } from './pod-hands.ts';
import { computeLives } from './pod-life.ts';
import type { Profile } from './profile.ts';
import { findViolations } from './proofs.ts';
import { createRandom } from './random.ts';
import { act } from './scheduler.ts';
import { createSubmissions } from './submissions.ts';
import type { World } from './world.ts';

/** What is run. */
export interface RunOptions {
  readonly tasks: number;
  /** How long tasks are submitted and actions done; longer, within bounds, until all are accepted and all cells hit. */
  readonly minutes: number;
  readonly seed: number;
  readonly profile: Profile;
  readonly actions: readonly Action[];
  readonly world: World;
  readonly mutant?: MutantName;
  readonly fates: readonly Fate[];
  /** The share of tasks that are cancelled; that of their fates unless it is said. */
  readonly canceledShare?: number;
  readonly say: (line: string) => void;
  /** Ends the run early. */
  readonly signal: AbortSignal;
}

/** What came of it. */
export interface RunResult {
  readonly evidence: Evidence;
  readonly violations: readonly Violation[];
  readonly matrix: Matrix;
  readonly counts: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Logs of the processes; there only while violations are to be looked at. */
  readonly folder: string;
}

const MINUTE_MS = 60_000;
/** In longer runs the pauses are longer, too: each process that is killed costs seconds of CPU. */
const MOST_ACTIONS = 500;
const LOOK_MS = 1_000;

/** Runs, heals, waits and proves. Rejects when the harness itself fails. */
export async function runChaos(options: RunOptions): Promise<RunResult> {
  const { profile, mutant, world } = options;
  const arena = await openArena({ profile, mutant, namespace: world.namespace });
  let isKept = true;
  try {
    const result = await runIn(arena, options);
    isKept = result.violations.length > 0;
    return result;
  } finally {
    if (options.signal.aborted) isKept = false;
    await arena.close(isKept);
  }
}

async function runIn(arena: Arena, options: RunOptions): Promise<RunResult> {
  const { profile, world, say, seed } = options;
  const acting = new AbortController();
  const journal = createJournal();
  const submissions = createSubmissions();
  const matrix = createMatrix(options.actions.map(({ row }) => row));
  const door = createApiDoor(arena.fleet, options.signal);
  const counts = { 'actions that failed in the harness': 0 };
  const stage: Stage = {
    ...{ fleet: arena.fleet, census: arena.census, journal, submissions, nodes: world.nodes },
    random: createRandom(seed, 'actions'),
    pods: createPodHands(arena.api, arena.namespace),
    limits: profile.limits,
    signal: AbortSignal.any([acting.signal, options.signal]),
  };

  const begun = Date.now();
  const spreadMs = options.minutes * MINUTE_MS;
  const chaos = act({
    ...{ stage, matrix, actions: options.actions, wantedHits: profile.wantedHits },
    pauseMs: Math.max(profile.pauseMs, spreadMs / MOST_ACTIONS),
    complain: (action, error) => {
      counts['actions that failed in the harness'] += 1;
      say(`  ${action} failed: ${String(error)}`);
    },
  });
  const telling = tell(stage, { matrix, tasks: options.tasks, say });
  try {
    await generate({
      ...{ tasks: options.tasks, seed, spreadMs, maxOpen: profile.maxOpen, door, submissions },
      lacksHits: () => matrix.missing(profile.wantedHits).length > 0,
      isOver: () => Date.now() > begun + spreadMs + profile.patienceMs,
      random: createRandom(seed, 'tasks'),
      fates: options.fates,
      canceledShare: options.canceledShare,
      build: (fate, random) => world.build(fate.name, random),
      countOpen: () => arena.census.last().length,
      signal: options.signal,
    });
  } finally {
    acting.abort();
    await Promise.all([chaos, telling]);
    arena.fleet.heal();
  }

  say(`${journal.entries().length} actions done; all is healed, waiting for the last ends …`);
  await drain(arena, profile.drainMs, options.signal);
  const seconds = (Date.now() - begun) / 1000;
  const evidence: Evidence = {
    ...{ submissions, journal, firstEnds: arena.census.firstEnds() },
    answers: await readAnswers(
      door,
      submissions.all().map(({ id }) => id),
    ),
    leftovers: await waitUntilClean(arena, profile.cleanMs, options.signal),
    records: await readRecords(arena),
    lives: computeLives(await readAuditLog(arena.namespace)),
    marks: world.marks && marksByPod(await world.marks()),
    rules: { maxAttempts: profile.maxAttempts, ...profile.limits },
  };
  return {
    evidence,
    violations: findViolations(evidence),
    matrix,
    counts: {
      'requests sent again': door.retries(),
      actions: journal.entries().length,
      'processes that ended by themselves': arena.fleet.stations.reduce(
        (sum, { member }) => sum + member.crashes(),
        0,
      ),
      ...counts,
    },
    seconds,
    folder: arena.folder,
  };
}

const TELL_MS = 15_000;

async function tell(
  { submissions, census, journal, signal }: Stage,
  { matrix, tasks, say }: { matrix: Matrix; tasks: number; say: (line: string) => void },
): Promise<void> {
  const cells = matrix.rows.reduce((sum, { states }) => sum + states.length, 0);
  while (!signal.aborted) {
    await pause(TELL_MS, undefined, { signal }).catch(() => undefined);
    const hit = cells - matrix.missing(1).length;
    say(
      `${submissions.all().length} of ${tasks} tasks accepted, ${census.last().length} open; ${journal.entries().length} actions, ${hit} of ${cells} cells hit`,
    );
  }
}

/** Waits until no task is open, within bounds. */
async function drain({ census }: Arena, drainMs: number, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + drainMs;
  while (!signal.aborted && Date.now() < deadline) {
    if ((await census.read()).length === 0) return;
    await pause(LOOK_MS);
  }
}

/** What is left after the clean-up had its time. */
async function waitUntilClean(arena: Arena, cleanMs: number, signal: AbortSignal) {
  const deadline = Date.now() + cleanMs;
  for (;;) {
    const left = await readLeftovers(arena);
    if (left.length === 0 || Date.now() > deadline || signal.aborted) return left;
    await pause(LOOK_MS);
  }
}
