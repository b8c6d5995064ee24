/**
 * The values of all, or the first error; but not before all have ended, well or not: nothing may still be starting
 * while the caller already cleans up.
 */
export async function allEnded<T extends readonly unknown[]>(
  work: T,
): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
