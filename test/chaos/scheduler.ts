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
/** However rare its moments are, an action is not preferred more than so many times. */
const MOST_RARE = 8;

/**
 * Acts until the signal of the stage; resolves when everything begun is undone. Never rejects. An action that has to
 * wait for others keeps further ones from its locks, so that an outage, which needs them all, has its turn.
 */
export async function act(options: SchedulerOptions): Promise<void> {
  const { stage, pauseMs } = options;
  const locked = new Set<Lock>();
  const running = new Set<Promise<void>>();
  const moments = createMoments();
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
    const chosen = choose(options, { open, reserved, moments });
    if (chosen === undefined) continue;
    if (isFree(chosen)) begin(chosen);
    else waiting ??= chosen;
  }
  await Promise.all(running);
}

function isOver({ signal }: Stage): boolean {
  return signal.aborted;
}

/** What an action is chosen by. */
interface Choice {
  readonly open: readonly OpenTask[];
  readonly reserved: readonly Lock[];
  readonly moments: Moments;
}

/** How often there was something to do an action to. */
interface Moments {
  note(possible: readonly Action[]): void;
  /** How much more often an action is to be chosen because the moments for it are rare. */
  rarity(action: Action): number;
}

function createMoments(): Moments {
  const counts = new Map<Action, number>();
  let looks = 0;
  return {
    note(possible) {
      looks += 1;
      for (const action of possible) counts.set(action, (counts.get(action) ?? 0) + 1);
    },
    rarity: (action) => Math.min(MOST_RARE, looks / (counts.get(action) ?? looks)),
  };
}

function choose(
  { stage, actions, matrix, wantedHits }: SchedulerOptions,
  { open, reserved, moments }: Choice,
): Action | undefined {
  const present = new Set(open.map(({ state }) => state));
  // A cell that cannot be hit now must not bring its action forward.
  const aimOf = (action: Action): readonly OpenState[] =>
    action.row.states.filter(
      (state) => present.has(state) && action.isPossible(stage, open, [state]),
    );
  const candidates = actions
    .filter(({ locks }) => !locks.some((lock) => reserved.includes(lock)))
    .map((action) => ({ action, aim: aimOf(action) }))
    .filter(({ aim }) => aim.length > 0)
    .map(({ action, aim }) => ({ action, least: matrix.least(action.row, aim) }));
  const lowest = Math.min(...candidates.map(({ least }) => least));
  moments.note(candidates.map(({ action }) => action));
  const weigh = ({ action, least }: (typeof candidates)[number]): number =>
    STEEPNESS ** (lowest - least) * (least < wantedHits ? moments.rarity(action) : 1);
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
