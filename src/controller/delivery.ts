/** Deliveries that are kept until they arrive: the newest for each key, in small batches. */
import type { Logger } from 'pino';

import { startLoop } from './loop.ts';

/** A delivery in progress. */
export interface Delivery<Item> {
  /** Puts an item in, in place of an undelivered one with the same key. */
  put(key: string, item: Item): void;
  stop(): Promise<void>;
}

/** Where the items go. `send` resolves with the keys that arrived; a rejection means none did. */
export interface DeliveryOptions<Item> {
  readonly name: string;
  readonly logger: Logger;
  readonly send: (items: ReadonlyMap<string, Item>) => Promise<ReadonlySet<string>>;
}

const BATCH = 500;

/** Sends what was put in at once, in one batch what came meanwhile; what did not arrive is sent again, more and more slowly. */
export function startDelivery<Item>(options: DeliveryOptions<Item>): Delivery<Item> {
  const waiting = new Map<string, Item>();

  const loop = startLoop({
    name: options.name,
    logger: options.logger,
    pauseMs: 60_000,
    longestPauseMs: 15_000,
    round: async () => {
      if (waiting.size === 0) return false;
      const batch = new Map([...waiting].slice(0, BATCH));
      const arrived = await options.send(batch);
      for (const [key, item] of batch) {
        if (arrived.has(key) && waiting.get(key) === item) waiting.delete(key);
      }
      if (arrived.size === 0) throw new Error('nothing arrived');
      return waiting.size > 0;
    },
  });

  return {
    put(key, item) {
      waiting.set(key, item);
      loop.wake();
    },
    stop: () => loop.stop(),
  };
}
