/** Choices that a seed repeats. */

/** A stream of choices; two streams of the same seed choose alike. */
export interface Random {
  /** At least 0 and below 1. */
  fraction(): number;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  chance(share: number): boolean;
  /** Throws on an empty list. */
  pick<Item>(items: readonly Item[]): Item;
  /** An item, each as likely as its weight; undefined when none weighs anything. */
  weighted<Item>(items: readonly Item[], weigh: (item: Item) => number): Item | undefined;
}

/** A stream of its own for each purpose, so that one more choice here changes nothing there. */
export function createRandom(seed: number, purpose: string): Random {
  const fraction = mulberry32(hash(`${seed} ${purpose}`));
  const between = (least: number, most: number): number =>
    least + Math.floor(fraction() * (most - least + 1));
  return {
    fraction,
    between,
    chance: (share) => fraction() < share,
    pick: (items) => {
      const item = items[between(0, items.length - 1)];
      if (item === undefined) throw new Error('there is nothing to pick from');
      return item;
    },
    weighted: (items, weigh) => {
      const total = items.reduce((sum, item) => sum + weigh(item), 0);
      let left = fraction() * total;
      return items.find((item) => {
        left -= weigh(item);
        return left < 0;
      });
    },
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const char of text) value = Math.imul(value ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return value >>> 0;
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
