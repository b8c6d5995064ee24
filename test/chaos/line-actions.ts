/** Cuts and stalls of the line between one process and one engine, closed watches, and outages of an engine. */
import { type Action, aDuration, type Stage, statesOf } from './action.ts';
import type { EngineLine } from './engine-line.ts';
import { type Engine, ENGINES, PAIRS } from './fleet.ts';
import { OPEN_STATES } from './matrix.ts';
import { type Role, ROLES } from './member.ts';
import { rest } from './rest.ts';

/** Does harm to lines and returns how many connections it met. */
type Harm = (line: EngineLine) => number;

interface LineAction {
  readonly action: string;
  readonly target: string;
  readonly locks: readonly Role[];
  readonly lines: (stage: Stage) => readonly EngineLine[];
  readonly harm: Harm;
  readonly lasts: (stage: Stage) => number;
}

const SETTLING_MS = 300;
const SHORTEST_OUTAGE_MS = 2_000;

const aMoment = (): number => SETTLING_MS;
const anOutage = (stage: Stage): number => Math.max(SHORTEST_OUTAGE_MS, aDuration(stage));

/** One row a pair for cuts and for stalls. */
const PAIR_ACTIONS: readonly Action[] = ROLES.flatMap((role) =>
  PAIRS[role].flatMap((engine) => {
    const common = {
      target: `${role}–${engine}`,
      locks: [role],
      lines: (stage: Stage) => usedLine(stage, role, engine),
    };
    return [
      lineAction({ ...common, action: 'cut', harm: (line) => line.cut(), lasts: aMoment }),
      lineAction({ ...common, action: 'stall', harm: (line) => line.stall(), lasts: aDuration }),
    ];
  }),
);

/** Every watch of both controllers is closed, as the API server does after some time. */
const WATCH_ACTION = lineAction({
  action: 'close watches',
  target: 'controller–kubernetes',
  locks: ['controller'],
  lines: ({ fleet }) =>
    fleet.of('controller').flatMap(({ lines }) => lines.get('kubernetes') ?? []),
  harm: (line) => line.cutWatches(),
  lasts: aMoment,
});

/** An engine that is down for everybody. */
const OUTAGE_ACTIONS: readonly Action[] = ENGINES.map((engine) =>
  lineAction({
    action: 'outage',
    target: engine,
    locks: ROLES,
    lines: ({ fleet }) => fleet.lines(engine),
    harm: (line) => line.takeDown(),
    lasts: anOutage,
  }),
);

export const LINE_ACTIONS: readonly Action[] = [...PAIR_ACTIONS, WATCH_ACTION, ...OUTAGE_ACTIONS];

function lineAction({ action, target, locks, lines, harm, lasts }: LineAction): Action {
  return {
    row: { action, target, states: OPEN_STATES },
    locks,
    isPossible: () => true,
    async run(stage) {
      const chosen = lines(stage);
      const ms = lasts(stage);
      const hit = statesOf(await stage.census.read());
      const met = chosen.reduce((sum, line) => sum + harm(line), 0);
      const entry = stage.journal.note({ action, target, detail: `${met} connections, ${ms} ms` });
      await rest(ms, stage.signal);
      for (const line of chosen) line.heal();
      entry.until = Date.now();
      return met > 0 ? hit : [];
    },
  };
}

/** A line that is in use: the other copy may be idle, as a standby is. */
function usedLine({ fleet, random }: Stage, role: Role, engine: Engine): readonly EngineLine[] {
  const lines = fleet.of(role).flatMap(({ lines: all }) => all.get(engine) ?? []);
  const used = lines.filter((line) => line.count() > 0);
  return used.length === 0 ? [] : [random.pick(used)];
}
