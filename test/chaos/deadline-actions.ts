/** Deadlines that expire while the processes that enforce them are down. */
import { type Action, findFirst, type Stage, statesOf } from './action.ts';
import type { OpenTask } from './census.ts';
import type { OpenState } from './matrix.ts';
import type { Role } from './member.ts';
import { rest } from './rest.ts';

const STATES: readonly OpenState[] = ['QUEUED', 'INITIALIZING', 'RUNNING'];
/** A deadline that passes later than that is not waited for. */
const SOONEST_MS = 500;
const LATEST_MS = 8_000;
const AFTER_MS = 1_500;

/** Down are all workers, or everything that acts. */
export const DEADLINE_ACTIONS: readonly Action[] = [
  deadlineAction(['worker']),
  deadlineAction(['worker', 'controller']),
];

function deadlineAction(roles: readonly Role[]): Action {
  return {
    row: { action: 'deadline while down', target: roles.join('+'), states: STATES },
    locks: roles,
    isPossible: (stage, open, states) => targets(stage, open, states).length > 0,
    async run(stage, aim) {
      const open = await stage.census.read();
      const found = findFirst(aim, (state) => targets(stage, open, [state]));
      if (found.length === 0) return [];
      const { task, leftMs } = stage.random.pick(found);
      const downMs = leftMs + AFTER_MS;
      const passing = targets(stage, open, STATES).filter((other) => other.leftMs <= leftMs);
      const stations = roles.flatMap((role) => stage.fleet.of(role));
      const entry = stage.journal.note({
        action: 'deadline while down',
        target: roles.join('+'),
        detail: `${task.state}, the deadline of ${task.id} passes in ${leftMs} ms`,
        taskId: task.id,
      });
      const killed = await Promise.all(stations.map(({ member }) => member.kill(downMs)));
      await rest(downMs, stage.signal);
      while (!stage.signal.aborted && stations.some(({ member }) => member.url() === undefined)) {
        await rest(200, stage.signal);
      }
      entry.until = Date.now();
      const isDone = killed.every(Boolean) && !stage.signal.aborted;
      return isDone ? statesOf(passing.map((one) => one.task)) : [];
    },
  };
}

interface Target {
  readonly task: OpenTask;
  readonly leftMs: number;
}

function targets(
  stage: Stage,
  open: readonly OpenTask[],
  states: readonly OpenState[],
): readonly Target[] {
  return open
    .filter(({ state }) => states.includes(state))
    .map((task) => ({ task, leftMs: deadlineOf(stage, task) - Date.now() }))
    .filter(({ leftMs }) => leftMs >= SOONEST_MS && leftMs <= LATEST_MS);
}

/** When the deadline of its fate passes; a pull that hangs counts from the pod's binding, soon after its opening. */
function deadlineOf({ submissions, limits }: Stage, task: OpenTask): number {
  switch (submissions.get(task.id)?.fate.deadline) {
    case 'queue':
      return task.attempt === undefined ? Infinity : task.createdAt + limits.queueDeadlineMs;
    case 'pull':
      return (task.openedAt ?? Infinity) + limits.pullDeadlineMs;
    case 'total':
      return task.createdAt + limits.totalDeadlineMs;
    case undefined:
      return Infinity;
  }
}
