/** Bounded concurrency over a stream. */

/**
 * Runs `work` on every item, at most `limit` at a time, taking an item only when there is room.
 * After the first error nothing new begins; it is thrown when all that had begun is over.
 */
export async function forEachConcurrently<T>(
  items: AsyncIterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const source = items[Symbol.asyncIterator]();
  const state = { failed: false };
  const worker = async (): Promise<void> => {
    try {
      while (!state.failed) {
        const next = await source.next();
        if (next.done === true) return;
        await work(next.value);
      }
    } catch (error) {
      state.failed = true;
      throw error;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: limit }, worker));
  if (state.failed) await source.return?.();
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
