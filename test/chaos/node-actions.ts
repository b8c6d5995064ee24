/** Machines that hang, and machines that are gone for good. */
import { type Action, findFirst, type Lock, type Stage } from './action.ts';
import type { OpenTask } from './census.ts';
import type { OpenState } from './matrix.ts';
import type { NodeHands } from './node-hands.ts';
import { rest } from './rest.ts';

/** Without a node nothing can happen to a machine. */
const STATES: readonly OpenState[] = ['INITIALIZING', 'RUNNING', 'CANCELING'];
const LOCKS: readonly Lock[] = ['nodes'];
const SHORT_HANG_MS = 4_000;
/** Longer than the 50 s after which the control plane calls a silent node NotReady. */
const LONG_HANG_MS = 65_000;
const GONE_MS = 6_000;

/** Hanging for a moment or until NotReady, and deletion; a machine comes back in the end. */
export const NODE_ACTIONS: readonly Action[] = [
  nodeAction('hang', {
    spoils: false,
    lasts: ({ random, limits }) => (random.chance(limits.longShare) ? LONG_HANG_MS : SHORT_HANG_MS),
    harm: (nodes, name) => nodes.lose(name),
  }),
  nodeAction('lose for good', {
    spoils: true,
    lasts: () => GONE_MS,
    harm: (nodes, name) => nodes.deleteNode(name),
  }),
];

interface NodeHarm {
  /** Whether the pods of the node die. */
  readonly spoils: boolean;
  readonly lasts: (stage: Stage) => number;
  readonly harm: (nodes: NodeHands, name: string) => Promise<void>;
}

function nodeAction(action: string, { spoils, lasts, harm }: NodeHarm): Action {
  /** Nodes with a task in one of the states, and without a task that was disturbed often enough. */
  function targets(stage: Stage, open: readonly OpenTask[], states: readonly OpenState[]) {
    return (stage.nodes?.names ?? []).filter((name) => {
      const there = open.filter(({ nodeName }) => nodeName === name);
      const isAimed = there.some(({ state }) => states.includes(state));
      return isAimed && (!spoils || there.every((task) => isSparable(stage, task)));
    });
  }

  return {
    row: { action, target: 'node', states: STATES },
    locks: LOCKS,
    isPossible: (stage, open, states) => targets(stage, open, states).length > 0,
    async run(stage, aim) {
      const { nodes, census, journal, random, signal } = stage;
      const open = await census.read();
      const found = findFirst(aim, (state) => targets(stage, open, [state]));
      if (nodes === undefined || found.length === 0) return [];
      const name = random.pick(found);
      const ms = lasts(stage);
      const there = open.filter(({ nodeName }) => nodeName === name);
      if (spoils) markSpoiled(stage, there);
      const entry = journal.note({
        action,
        target: name,
        detail: `${there.length} tasks, ${ms} ms`,
      });
      await harm(nodes, name);
      // Pods may have been bound to it after the look.
      if (spoils) markSpoiled(stage, await bound(stage, name, there));
      await rest(ms, signal);
      await nodes.revive(name);
      entry.until = Date.now();
      return [...new Set(there.map(({ state }) => state))];
    },
  };
}

async function bound(
  { census }: Stage,
  name: string,
  known: readonly OpenTask[],
): Promise<readonly OpenTask[]> {
  const ids = new Set(known.map(({ id }) => id));
  return (await census.read()).filter(({ id, nodeName }) => nodeName === name && !ids.has(id));
}

function markSpoiled({ submissions }: Stage, tasks: readonly OpenTask[]): void {
  for (const { id } of tasks) {
    const submission = submissions.get(id);
    if (submission !== undefined) submission.spoiled += 1;
  }
}

function isSparable({ submissions, limits }: Stage, { id }: OpenTask): boolean {
  const submission = submissions.get(id);
  if (submission === undefined) return true;
  return submission.spoiled + (submission.fate.spoils ?? 0) < limits.maxSpoiled;
}
