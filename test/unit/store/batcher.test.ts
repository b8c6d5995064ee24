import { describe, expect, it } from '@jest/globals';

import { createBatcher } from '../../../src/store/batcher.ts';

/** Batches that end when they are told to. */
function aBatcher({ lanes = 1, limit = 10, mayRepeat = true } = {}) {
  const batches: { items: readonly string[]; end: (error?: Error) => void }[] = [];
  const add = createBatcher<string, string>({
    run: async (items) => {
      const { promise, resolve, reject } = Promise.withResolvers<undefined>();
      batches.push({
        items,
        end: (error) => {
          if (error === undefined) resolve(undefined);
          else reject(error);
        },
      });
      await promise;
      return items.map((item) => item.toUpperCase());
    },
    lanes,
    limit,
    mayRepeat: () => mayRepeat,
  });
  return { add, batches, itemsOf: () => batches.map(({ items }) => items) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a batcher', () => {
  it('runs an item at once when nothing is under way', () => {
    const { add, itemsOf } = aBatcher();
    void add('a');

    expect(itemsOf()).toEqual([['a']]);
  });

  it('runs together what came while a batch was under way, and gives each its own result', async () => {
    const { add, batches, itemsOf } = aBatcher();
    const all = Promise.all(['a', 'b', 'c'].map(add));

    batches[0]?.end();
    await settled();
    batches[1]?.end();

    expect(await all).toEqual(['A', 'B', 'C']);
    expect(itemsOf()).toEqual([['a'], ['b', 'c']]);
  });

  it('keeps at most as many batches under way as it has lanes, none larger than the limit', async () => {
    const { add, batches, itemsOf } = aBatcher({ lanes: 2, limit: 2 });
    const all = Promise.all(['a', 'b', 'c', 'd', 'e'].map(add));

    expect(itemsOf()).toEqual([['a'], ['b']]);
    batches[0]?.end();
    await settled();
    expect(itemsOf()).toEqual([['a'], ['b'], ['c', 'd']]);
    batches[1]?.end();
    await settled();
    batches[2]?.end();
    batches[3]?.end();

    expect(await all).toHaveLength(5);
  });

  it('runs the items of a failed batch one by one, so that one bad item fails alone', async () => {
    const { add, batches, itemsOf } = aBatcher();
    const [first, good, bad] = [add('a'), add('good'), add('bad')];
    const refused = Promise.allSettled([bad]);

    batches[0]?.end();
    await settled();
    batches[1]?.end(new Error('one of them is bad'));
    await settled();
    batches[2]?.end();
    batches[3]?.end(new Error('bad item'));

    expect(await Promise.all([first, good])).toEqual(['A', 'GOOD']);
    expect(await refused).toMatchObject([{ reason: { message: 'bad item' } }]);
    expect(itemsOf()).toEqual([['a'], ['good', 'bad'], ['good'], ['bad']]);
  });

  it('fails all items of a batch that may not be repeated', async () => {
    const { add, batches } = aBatcher({ mayRepeat: false });
    const first = add('a');
    const others = Promise.allSettled([add('b'), add('c')]);

    batches[0]?.end();
    await first;
    await settled();
    batches[1]?.end(new Error('the connection was lost'));

    expect((await others).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(batches).toHaveLength(2);
  });

  it('goes on after a failure', async () => {
    const { add, batches } = aBatcher();
    const bad = Promise.allSettled([add('a')]);
    batches[0]?.end(new Error('bad'));
    await bad;
    await settled();

    const good = add('b');
    batches[1]?.end();

    expect(await good).toBe('B');
  });
});
