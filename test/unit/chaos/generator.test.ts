import { describe, expect, it } from '@jest/globals';

import { fateNamed } from '../../chaos/fates.ts';
import { generate } from '../../chaos/generator.ts';
import { createRandom } from '../../chaos/random.ts';
import { createSubmissions } from '../../chaos/submissions.ts';

interface Given {
  readonly tasks: number;
  readonly lacksHits: (accepted: number) => boolean;
  readonly isOver?: (accepted: number) => boolean;
  readonly countOpen?: () => number;
}

/** Submits without pauses to an API that accepts everything, and returns how many tasks that were. */
async function submitted(given: Given): Promise<number> {
  const { tasks, lacksHits, isOver = () => false, countOpen = () => 0 } = given;
  const submissions = createSubmissions();
  const accepted = (): number => submissions.all().length;
  await generate({
    ...{ tasks, seed: 1, spreadMs: 0, maxOpen: 100, submissions, countOpen },
    lacksHits: () => lacksHits(accepted()),
    isOver: () => isOver(accepted()),
    door: {
      submit: (_task, key) => Promise.resolve(key),
      cancel: () => Promise.resolve(true),
      state: () => Promise.resolve('COMPLETE'),
      retries: () => 0,
    },
    random: createRandom(1, 'tasks'),
    fates: [fateNamed('short')],
    canceledShare: 0,
    build: () => ({}),
    signal: new AbortController().signal,
  });
  return accepted();
}

describe('the generator', () => {
  it('submits as many tasks as were asked for when that is enough', async () => {
    expect(await submitted({ tasks: 20, lacksHits: () => false })).toBe(20);
  });

  it('goes on with further tasks while hits are lacking', async () => {
    const count = await submitted({ tasks: 20, lacksHits: (accepted) => accepted < 50 });
    expect(count).toBeGreaterThanOrEqual(50);
  });

  it('stops when the time is over, whatever is lacking', async () => {
    const count = await submitted({
      tasks: 1000,
      lacksHits: () => true,
      isOver: (accepted) => accepted >= 10,
    });
    expect(count).toBeLessThan(30);
  });

  it('stops waiting for room when the time is over', async () => {
    let looks = 0;
    const count = await submitted({
      tasks: 1000,
      lacksHits: () => false,
      isOver: () => looks > 20,
      countOpen: () => {
        looks += 1;
        return looks > 10 ? 1000 : 0;
      },
    });
    expect(count).toBeLessThanOrEqual(10);
  });
});
