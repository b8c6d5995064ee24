import { setImmediate as nextTurn } from 'node:timers/promises';

import { describe, expect, it } from '@jest/globals';

import { forEachConcurrently } from '../../../src/transporter/for-each-concurrently.ts';

/** Counts what is asked of it, and notes that it was closed. */
function numbers(count: number) {
  const seen = { asked: 0, closed: false };
  async function* generate(): AsyncGenerator<number> {
    try {
      for (let i = 0; i < count; i++) {
        await nextTurn();
        seen.asked = i + 1;
        yield i;
      }
    } finally {
      seen.closed = true;
    }
  }
  return { seen, items: generate() };
}

describe('work on a stream', () => {
  it('is done once for each item, never on more of them at a time than allowed', async () => {
    const { items, seen } = numbers(50);
    const done: number[] = [];
    let now = 0;
    let most = 0;

    await forEachConcurrently(items, 3, async (item) => {
      now += 1;
      most = Math.max(most, now);
      expect(seen.asked - done.length).toBeLessThanOrEqual(4);
      for (let i = 0; i < 5; i++) await nextTurn();
      done.push(item);
      now -= 1;
    });

    expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(most).toBe(3);
  });

  it('ends at the first error, after what had begun, and closes the stream', async () => {
    const { items, seen } = numbers(1_000);
    let ended = 0;

    const all = forEachConcurrently(items, 4, async (item) => {
      for (let i = 0; i < 5; i++) await nextTurn();
      ended += 1;
      if (item === 5) throw new Error('the fifth');
    });

    await expect(all).rejects.toThrow('the fifth');
    expect(seen.asked).toBeLessThan(20);
    expect(seen.closed).toBe(true);
    expect(ended).toBe(seen.asked);
  });

  it('throws what the stream throws', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield await nextTurn(1);
      throw new Error('broken stream');
    }

    await expect(forEachConcurrently(broken(), 2, () => Promise.resolve())).rejects.toThrow(
      'broken stream',
    );
  });
});
