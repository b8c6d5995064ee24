/** SIGKILL and SIGSTOP of processes. */
import { type Action, aDuration, type Stage, statesOf } from './action.ts';
import type { Station } from './fleet.ts';
import { OPEN_STATES } from './matrix.ts';
import { type Role, ROLES } from './member.ts';
import { rest } from './rest.ts';

/** How often both processes of a role are hit at once. */
const BOTH_SHARE = 0.2;

/** Killing and pausing each role. */
export const PROCESS_ACTIONS: readonly Action[] = ROLES.flatMap((role) => [
  processAction('kill', role, kill),
  processAction('pause', role, pauseFor),
]);

type Doing = (stage: Stage, stations: readonly Station[], ms: number) => Promise<boolean>;

function processAction(action: string, role: Role, act: Doing): Action {
  return {
    row: { action, target: role, states: OPEN_STATES },
    locks: [role],
    isPossible: () => true,
    async run(stage) {
      const both = stage.fleet.of(role);
      const stations = stage.random.chance(BOTH_SHARE) ? both : [stage.random.pick(both)];
      const ms = aDuration(stage);
      const hit = statesOf(await stage.census.read());
      const names = stations.map(({ member }) => member.name).join(' and ');
      const entry = stage.journal.note({ action, target: names, detail: `${ms} ms` });
      const wasDone = await act(stage, stations, ms);
      entry.until = Date.now();
      return wasDone ? hit : [];
    },
  };
}

/** The supervisor starts it again; until it serves, the role stays locked. */
async function kill({ signal }: Stage, stations: readonly Station[], ms: number): Promise<boolean> {
  const killed = await Promise.all(stations.map(({ member }) => member.kill(ms)));
  await rest(ms, signal);
  while (!signal.aborted && stations.some(({ member }) => member.url() === undefined)) {
    await rest(200, signal);
  }
  return killed.every(Boolean);
}

/** Open polls of a paused worker swallow work until they time out, as those of a machine that hangs. */
async function pauseFor(
  { signal }: Stage,
  stations: readonly Station[],
  ms: number,
): Promise<boolean> {
  const paused = stations.map(({ member }) => member.pause());
  await rest(ms, signal);
  for (const { member } of stations) member.resume();
  return paused.every(Boolean);
}
