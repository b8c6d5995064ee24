/** Paths of a task as parts of one tree. All of them are clean. */

/** Those that lie in none of the others, sorted. Found by ancestors and not by pairs: a task may name thousands. */
export function topmost(paths: readonly string[]): string[] {
  const all = new Set(paths);
  return sortedSet(paths).filter((path) =>
    withAncestors(path).every((one) => one === path || !all.has(one)),
  );
}

/** A path with every directory above it but `/`, the outermost first. */
export function withAncestors(path: string): string[] {
  const ancestors: string[] = [];
  for (let end = path.indexOf('/', 1); end !== -1; end = path.indexOf('/', end + 1)) {
    ancestors.push(path.slice(0, end));
  }
  return path === '/' ? [] : [...ancestors, path];
}

/** Each once, sorted. */
export function sortedSet(paths: readonly string[]): string[] {
  return [...new Set(paths)].sort();
}
