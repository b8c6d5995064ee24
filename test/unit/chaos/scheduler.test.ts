import { describe, expect, it } from '@jest/globals';

import type { Action, Stage } from '../../chaos/action.ts';
import { createMatrix, type OpenState } from '../../chaos/matrix.ts';
import { createRandom } from '../../chaos/random.ts';
import { act } from '../../chaos/scheduler.ts';

const STATES: readonly OpenState[] = ['QUEUED', 'RUNNING'];
const ACTIONS = 200;

interface Given {
  readonly name: string;
  /** The states that it can hit. */
  readonly hits: readonly OpenState[];
}

/** Lets the scheduler choose so often, and counts how often it chose what; each action hits all that it can. */
async function choices(wantedHits: number, ...given: Given[]): Promise<Record<string, number>> {
  const over = new AbortController();
  const counts: Record<string, number> = {};
  let rounds = 0;
  const open = STATES.map((state) => ({ id: state, state, createdAt: 0 }));
  const read = () => {
    rounds += 1;
    if (rounds > ACTIONS) over.abort();
    return Promise.resolve(open);
  };
  const actions = given.map(({ name, hits }): Action => ({
    row: { action: name, target: 'x', states: STATES },
    locks: [],
    isPossible: (_stage, _open, states) => states.some((state) => hits.includes(state)),
    run: () => {
      counts[name] = (counts[name] ?? 0) + 1;
      return Promise.resolve(hits);
    },
  }));
  const random = createRandom(1, 'actions');
  const stage = { census: { read }, random, signal: over.signal } as unknown as Stage;
  const matrix = createMatrix(actions.map(({ row }) => row));
  const complain = (_action: string, error: unknown) => {
    throw error;
  };
  await act({ stage, actions, matrix, wantedHits, pauseMs: 0, complain });
  return counts;
}

describe('the scheduler', () => {
  it('prefers what was hit least, so that actions take turns', async () => {
    const all = { hits: STATES };
    const { a = 0, b = 0 } = await choices(5, { name: 'a', ...all }, { name: 'b', ...all });
    expect(Math.abs(a - b)).toBeLessThan(10);
  });

  it('does not prefer an action for a cell that it cannot hit now', async () => {
    const { a = 0, b = 0 } = await choices(
      1000,
      { name: 'a', hits: ['QUEUED'] },
      { name: 'b', hits: STATES },
    );
    expect(Math.abs(a - b)).toBeLessThan(10);
  });
});
