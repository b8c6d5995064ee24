/** A copy of an object without some of its members. */
export function without<T extends object, K extends keyof T>(
  item: T,
  ...names: readonly K[]
): Omit<T, K> {
  const dropped = new Set<unknown>(names);
  const kept = Object.entries(item).filter(([name]) => !dropped.has(name));
  return Object.fromEntries(kept) as Omit<T, K>;
}
