/** Chooses actions, the least-hit cells first, and runs those beside each other that do not meet. */
import type { Action, Lock, Stage } from './action.ts';
import type { OpenTask } from './census.ts';
import type { Matrix, OpenState } from './matrix.ts';
import { rest } from './rest.ts';

/** What the scheduler works on. */
export interface SchedulerOptions {
  readonly stage: Stage;
  readonly actions: readonly Action[];
  readonly matrix: Matrix;
  /** How often each cell is to be hit. */
  readonly wantedHits: number;
  /** The mean pause between the beginnings of two actions, in milliseconds. */
  readonly pauseMs: number;
  /** Trouble of the harness itself; it goes on. */
  readonly complain: (action: string, error: unknown) => void;
}

/** An action whose least-hit cell has one hit more is so many times less likely. */
const STEEPNESS = 2;

/**
 * Acts until the signal of the stage; resolves when everything begun is undone. Never rejects. An action that has to
 * wait for others keeps further ones from its locks, so that an outage, which needs them all, has its turn.
 */
export async function act(options: SchedulerOptions): Promise<void> {
  const { stage, pauseMs } = options;
  const locked = new Set<Lock>();
  const running = new Set<Promise<void>>();
  let waiting: Action | undefined;

  function begin(action: Action): void {
    action.locks.forEach((lock) => locked.add(lock));
    const work = runOne(options, action).finally(() => {
      action.locks.forEach((lock) => locked.delete(lock));
      running.delete(work);
    });
    running.add(work);
  }

  const isFree = ({ locks }: Action): boolean => locks.every((lock) => !locked.has(lock));

  while (!isOver(stage)) {
    await rest(pauseMs * (0.5 + stage.random.fraction()), stage.signal);
    const open = await stage.census.read().catch(() => undefined);
    if (open === undefined || isOver(stage)) continue;
    if (waiting !== undefined && isFree(waiting)) {
      begin(waiting);
      waiting = undefined;
      continue;
    }
    const reserved = waiting?.locks ?? [];
    const chosen = choose(options, open, reserved);
    if (chosen === undefined) continue;
    if (isFree(chosen)) begin(chosen);
    else waiting ??= chosen;
  }
  await Promise.all(running);
}

function isOver({ signal }: Stage): boolean {
  return signal.aborted;
}

function choose(
  { stage, actions, matrix, wantedHits }: SchedulerOptions,
  open: readonly OpenTask[],
  reserved: readonly Lock[],
): Action | undefined {
  const present = new Set(open.map(({ state }) => state));
  // A cell that cannot be hit now must not bring its action forward.
  const aimOf = ({ row, isPossible }: Action): readonly OpenState[] =>
    row.states.filter((state) => present.has(state) && isPossible(stage, open, [state]));
  const candidates = actions
    .filter(({ locks }) => !locks.some((lock) => reserved.includes(lock)))
    .map((action) => ({ action, aim: aimOf(action) }))
    .filter(({ aim }) => aim.length > 0)
    .map(({ action, aim }) => ({ action, least: matrix.least(action.row, aim) }));
  const lowest = Math.min(...candidates.map(({ least }) => least));
  const weigh = ({ action: { rarity = 1 }, least }: (typeof candidates)[number]): number =>
    (least < wantedHits ? rarity : 1 / rarity) * STEEPNESS ** (lowest - least);
  return stage.random.weighted(candidates, weigh)?.action;
}

async function runOne(
  { stage, matrix, complain }: SchedulerOptions,
  action: Action,
): Promise<void> {
  try {
    for (const state of await action.run(stage, leastHitFirst(matrix, action))) {
      matrix.hit(action.row, state);
    }
  } catch (error) {
    complain(`${action.row.action} ${action.row.target}`, error);
  }
}

function leastHitFirst(matrix: Matrix, { row }: Action): readonly OpenState[] {
  return row.states.toSorted((a, b) => (matrix.hits(row, a) ?? 0) - (matrix.hits(row, b) ?? 0));
}
