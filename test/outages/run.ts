/** One outage of one engine, from a fresh system to its proofs. */
import { setTimeout as pause } from 'node:timers/promises';

import { createApiDoor } from '../chaos/api-door.ts';
import { readAuditLog } from '../chaos/audit-log.ts';
import type { Evidence, Leftover, Violation } from '../chaos/evidence.ts';
import type { Engine } from '../chaos/fleet.ts';
import { marksByPod, readAnswers, readLeftovers, readRecords } from '../chaos/gather.ts';
import { createJournal } from '../chaos/journal.ts';
import { computeLives } from '../chaos/pod-life.ts';
import { findViolations } from '../chaos/proofs.ts';
import { createSubmissions, type Submissions } from '../chaos/submissions.ts';
import { until } from '../support/until.ts';
import { aShortTask, castOf, type Part } from './cast.ts';
import { type Asked, askFor, POSTED } from './clients.ts';
import { findPromisesBroken } from './expectations.ts';
import { freezeTransporter, type Frozen } from './freezer.ts';
import { countLogLines } from './log-lines.ts';
import type { How } from './options.ts';
import { createPlayers, type Player, type Players } from './players.ts';
import { type Share, watchProcessorTime } from './processor-time.ts';
import { PROFILE } from './profile.ts';
import { openRig, type Rig } from './rig.ts';
import { type Traffic, watchTraffic } from './traffic.ts';

/** Which engine is away, for how long and in which way. */
export interface OutageRun {
  readonly engine: Engine;
  readonly outageMs: number;
  readonly how: How;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What came of it. Durations in milliseconds, after the return unless it says otherwise. */
export interface Outcome {
  readonly engine: Engine;
  readonly how: How;
  readonly outageMs: number;
  /** Tasks by part and by the state in which the engine's going met them. */
  readonly met: readonly (readonly [Part, string])[];
  readonly ends: readonly (readonly [Part, string])[];
  readonly asked: Asked;
  readonly before: readonly Share[];
  readonly during: readonly Share[];
  /** Lines that each process logged during the outage. */
  readonly logLines: Readonly<Record<string, number>>;
  readonly traffic: Traffic;
  /** A task that was posted at the return: until it was COMPLETE. */
  readonly freshMs: number;
  /** Attempts that were due when the engine came back: until each was settled. */
  readonly settledMs: readonly number[];
  readonly restarts: number;
  readonly violations: readonly Violation[];
  /** Logs of the processes; there only while violations are to be looked at. */
  readonly folder: string;
}

const HELD = { part: 'is held by the limit', end: 'COMPLETE' } as const;
const JUST_BEFORE = { part: 'is posted just before', end: 'COMPLETE' } as const;
const AFTER = { part: 'is posted after it', end: 'COMPLETE' } as const;
const HELD_TASKS = 4;
const LATE_TASKS = 3;
const POD_LIMIT = 27;
const BASELINE_MS = 12_000;
const SETUP_MS = 300_000;
const RECOVERY_MS = 420_000;
const WATCHED_MS = 60_000;
const CLEAN_MS = 90_000;
/** Calls in flight and caches at the moment of the outage are not what it is about. */
const SETTLING_MS = 10_000;

interface Scene {
  readonly run: OutageRun;
  readonly rig: Rig;
  readonly players: Players;
  readonly submissions: Submissions;
}

/** Brings the system up, takes the engine away and back, and proves. Rejects when the harness itself fails. */
export async function runOutage(run: OutageRun): Promise<Outcome> {
  const rig = await openRig({ podLimit: POD_LIMIT });
  let isKept = true;
  try {
    const submissions = createSubmissions();
    const door = createApiDoor(rig.fleet, run.signal);
    const players = createPlayers(door, submissions, rig.taskQueue);
    const outcome = await play({ run, rig, players, submissions });
    isKept = outcome.violations.length > 0;
    return outcome;
  } finally {
    await rig.close(isKept && !run.signal.aborted);
  }
}

async function play(scene: Scene): Promise<Outcome> {
  const { run, rig, players } = scene;
  const { engine, how, outageMs, say } = run;
  const frozen = await bringUp(scene);
  const processes = rig.fleet.stations.map(({ member }) => member);
  const baseline = watchProcessorTime(processes);
  await pause(BASELINE_MS);
  const before = baseline.stop();

  for (const player of players.of('is canceled just before')) await players.cancel(player);
  for (let n = 0; n < LATE_TASKS; n += 1) await players.submit(JUST_BEFORE, aShortTask(rig));
  for (let n = 0; n < HELD_TASKS; n += 1) await players.submit(HELD, aShortTask(rig));
  const lines = rig.fleet.lines(engine);
  for (const line of lines) {
    if (how === 'refused') line.takeDown();
    else line.stall();
  }
  say(`${engine} is away (${how})`);
  const met = await statesOf(scene);

  const quiet = countLogLines(rig.folder);
  const asking = askFor(outageMs, { rig, players });
  await pause(Math.min(SETTLING_MS, outageMs / 4));
  const outage = watchProcessorTime(processes);
  const canceling = act(scene, frozen);
  const asked = await asking;
  const during = outage.stop();
  const logLines = countLogLines(rig.folder, quiet);
  say(
    `meanwhile: ${describeShares(during)}; ${asked.answers.length} requests, ${asked.refusedKeys.length} POSTs refused`,
  );

  for (const line of lines) line.heal();
  const returnedAt = Date.now();
  say(`${engine} is back; ${(await rig.census.read()).length} tasks are open`);
  const traffic = watchTraffic(rig);
  const fresh = timeFresh(scene);
  for (const { thaw } of frozen.late) thaw();
  await canceling;
  for (const key of asked.refusedKeys) await players.submit(POSTED, aShortTask(rig), key);
  // A kubelet does not interrupt a pull for a deleted pod.
  await rig.registry.close();
  for (const player of players.of('pulls', 'waits for a node')) await players.cancel(player);
  await pause(Math.max(0, returnedAt + WATCHED_MS - Date.now()));
  const counted = await traffic.stop();
  const freshMs = await fresh;
  await drain(scene);

  const evidence = await gather(scene);
  return {
    ...{ engine, how, outageMs, met, asked, before, during, logLines, freshMs },
    ends: players
      .all()
      .map(({ part, submission }) => [
        part,
        evidence.records.get(submission.id)?.state ?? 'nothing',
      ]),
    traffic: counted,
    settledMs: settledAfter(evidence, players, returnedAt),
    restarts: processes.reduce((sum, member) => sum + member.crashes(), 0),
    violations: [
      ...findViolations(evidence),
      ...findPromisesBroken({ engine, evidence, players, asked }),
    ],
    folder: rig.folder,
  };
}

function describeShares(shares: readonly Share[]): string {
  return shares.map(({ name, mean }) => `${name} ${(mean * 100).toFixed(1)} %`).join(', ');
}

/** Stopped processes, by when they go on. */
interface Stopped {
  readonly early: readonly Frozen[];
  readonly late: readonly Frozen[];
}

/** Submits the cast and waits until each task is where its part wants it. */
async function bringUp({ run, rig, players }: Scene): Promise<Stopped> {
  const freezing: Promise<Frozen>[] = [];
  for (const role of castOf(rig, run.outageMs)) {
    for (let serial = 0; serial < role.count; serial += 1) {
      const player = await players.submit(role, role.build(serial));
      if (role.part === 'fetches inputs' || role.part === 'uploads outputs') {
        freezing.push(podUidOf(rig, player).then(freezeTransporter));
      }
    }
  }
  const stopped = await Promise.all(freezing);
  const working = players.of(
    ...(['ends during it', 'fails during it', 'ends after it'] as const),
    ...(['uploads outputs', 'is canceled just before', 'is canceled during it'] as const),
  );
  const isReady = async (): Promise<boolean> => {
    const states = new Map((await rig.census.read()).map(({ id, state }) => [id, state]));
    const are = (state: string, some: readonly Player[]): boolean =>
      some.every(({ submission }) => states.get(submission.id) === state);
    return are('RUNNING', working) && are('INITIALIZING', players.of('pulls', 'fetches inputs'));
  };
  await until(isReady, { what: 'every task plays its part', withinMs: SETUP_MS, everyMs: 500 });
  run.say(`${players.all().length} tasks are in place`);
  return {
    early: stopped.filter((_, index) => index % 2 === 0),
    late: stopped.filter((_, index) => index % 2 === 1),
  };
}

async function podUidOf({ census }: Rig, { submission }: Player): Promise<string> {
  return until(async () => (await census.read()).find(({ id }) => id === submission.id)?.podUid, {
    what: `task ${submission.id} has a pod`,
    withinMs: SETUP_MS,
    everyMs: 100,
  });
}

/** What clients and tasks do in the middle of the outage. */
async function act({ run, players }: Scene, { early }: Stopped): Promise<void> {
  await pause(run.outageMs * 0.25);
  for (const { thaw } of early) thaw();
  await Promise.all(players.of('is canceled during it').map(players.cancel));
}

async function statesOf({ rig, players }: Scene): Promise<(readonly [Part, string])[]> {
  const states = new Map((await rig.census.read()).map(({ id, state }) => [id, state]));
  return players
    .all()
    .map(({ part, submission }) => [part, states.get(submission.id) ?? 'ended'] as const);
}

/** A task that is posted at the return. */
async function timeFresh({ rig, players }: Scene): Promise<number> {
  const begun = Date.now();
  const { submission } = await players.submit(AFTER, aShortTask(rig));
  await until(
    async () => {
      const rows = await rig.census.query<{ state: string }>(
        'select state from tasks where id = $1',
        [submission.id],
      );
      return rows[0]?.state === 'COMPLETE';
    },
    { what: 'a task posted after the return ends', withinMs: RECOVERY_MS },
  ).catch(() => undefined);
  return Date.now() - begun;
}

async function drain({ run, rig }: Scene): Promise<void> {
  const within = run.outageMs + RECOVERY_MS;
  const isOver = async (): Promise<boolean> => (await rig.census.read()).length === 0;
  await until(isOver, { what: 'no task is open', withinMs: within, everyMs: 1_000 }).catch(
    () => undefined,
  );
}

/** The namespace is that of all tests: what other runs have there is not our business. */
async function leftoversOf({ rig, submissions }: Scene): Promise<readonly Leftover[]> {
  const found = await readLeftovers(rig);
  return found.filter(({ taskId }) => submissions.get(taskId ?? '') !== undefined);
}

async function gather(scene: Scene): Promise<Evidence> {
  const { rig, submissions, run } = scene;
  const isClean = async (): Promise<boolean> => (await leftoversOf(scene)).length === 0;
  await until(isClean, { what: 'nothing is left', withinMs: CLEAN_MS, everyMs: 1_000 }).catch(
    () => undefined,
  );
  const records = await readRecords(rig);
  const lives = computeLives(await readAuditLog(rig.namespace));
  const { limits, maxAttempts } = PROFILE;
  const door = createApiDoor(rig.fleet, run.signal);
  return {
    ...{ submissions, records, journal: createJournal(), firstEnds: rig.census.firstEnds() },
    answers: await readAnswers(
      door,
      submissions.all().map(({ id }) => id),
    ),
    leftovers: await leftoversOf(scene),
    lives: new Map([...lives].filter(([id]) => records.has(id))),
    marks: marksByPod(await rig.witness.marks()),
    rules: { maxAttempts, ...limits },
  };
}

const DUE: readonly Part[] = [
  'ends during it',
  'fails during it',
  'is canceled just before',
  'is canceled during it',
];

/** How long after the return each attempt was settled that was due by then. */
function settledAfter({ records }: Evidence, players: Players, returnedAt: number): number[] {
  return players
    .of(...DUE)
    .flatMap(({ submission }) => records.get(submission.id)?.attempts ?? [])
    .map(({ settled_at }) => (settled_at?.getTime() ?? Infinity) - returnedAt)
    .filter((ms) => ms > 0)
    .toSorted((a, b) => a - b);
}
