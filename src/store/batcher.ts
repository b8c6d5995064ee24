/** Many small requests in few statements. */

/** How a batch is run. */
export interface BatcherOptions<Item, Result> {
  /** Runs the items together; the results are in their order. It takes effect for all of them or for none. */
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** Most batches under way at a time. */
  readonly lanes: number;
  /** Most items of a batch. */
  readonly limit: number;
  /** True when the items of a failed batch may be run again one by one: nothing took effect, and one may be to blame. */
  readonly mayRepeat: (error: unknown) => boolean;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs an item at once while a lane is free; items that come while all lanes are busy go together into the next
 * batch. One bad item fails alone.
 */
export function createBatcher<Item, Result>(
  options: BatcherOptions<Item, Result>,
): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let busy = 0;

  async function runOne({ item, resolve, reject }: Waiting<Item, Result>): Promise<void> {
    try {
      const [result] = await options.run([item]);
      resolve(result as Result);
    } catch (error) {
      reject(error);
    }
  }

  async function runBatch(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await options.run(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => {
        resolve(results[index] as Result);
      });
    } catch (error) {
      if (batch.length > 1 && options.mayRepeat(error)) await Promise.all(batch.map(runOne));
      else for (const { reject } of batch) reject(error);
    }
  }

  async function work(): Promise<void> {
    busy += 1;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, options.limit);
      waiting = waiting.slice(options.limit);
      await runBatch(batch);
    }
    busy -= 1;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (busy < options.lanes) void work();
    });
}
