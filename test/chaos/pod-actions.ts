/** Pods that somebody deletes, evicts or force-deletes while their task is in a certain state. */
import { podName } from '../../src/tes/attempt.ts';
import { type Action, findFirst, type Stage } from './action.ts';
import type { OpenTask } from './census.ts';
import { OPEN_STATES, type OpenState } from './matrix.ts';
import type { PodHarm } from './pod-hands.ts';

/** A task that has a recorded pod. */
type Podded = OpenTask & { readonly attempt: number; readonly podUid: string };

export const POD_ACTIONS: readonly Action[] = (
  ['delete', 'evict', 'force-delete'] as const satisfies readonly PodHarm[]
).map(podAction);

function podAction(harm: PodHarm): Action {
  return {
    row: { action: harm, target: 'pod', states: OPEN_STATES },
    locks: [],
    isPossible: (stage, open, states) => targets(stage, open, states).length > 0,
    async run(stage, aim) {
      const { census, journal, pods, random, submissions } = stage;
      const open = await census.read();
      const found = findFirst(aim, (state) => targets(stage, open, [state]));
      if (found.length === 0) return [];
      const { id, attempt, podUid, state } = random.pick(found);
      const submission = submissions.get(id);
      if (submission !== undefined) submission.spoiled += 1;
      submission?.takenPods.add(podUid);
      const name = podName({ taskId: id, number: attempt });
      const wasTaken = await pods.harm(name, podUid, harm);
      const detail = `${state}, ${wasTaken ? 'taken' : 'the pod was gone'}`;
      journal.note({ action: harm, target: name, detail, taskId: id });
      return wasTaken ? [state] : [];
    },
  };
}

/** Tasks in these states that have a pod and may still be disturbed. */
function targets(
  { submissions, limits }: Stage,
  open: readonly OpenTask[],
  states: readonly OpenState[],
): readonly Podded[] {
  return open.filter((task): task is Podded => {
    const submission = submissions.get(task.id);
    if (submission === undefined || task.attempt === undefined) return false;
    const spoiled = submission.spoiled + (submission.fate.spoils ?? 0);
    return task.podUid !== undefined && states.includes(task.state) && spoiled < limits.maxSpoiled;
  });
}
