/** Inputs and volumes that cannot exist side by side, because one would have to be a file and a directory. */
import { cleanPath } from './paths.ts';
import type { Report } from './shape.ts';

/** Something that lies at a path before the first executor starts. */
export interface Placed {
  readonly pointer: string;
  readonly path: string;
  readonly type: 'FILE' | 'DIRECTORY';
  /** Equal for two inputs that bring the same bytes; only these may share a path. */
  readonly source?: string;
}

/** Reports every file that shares its path with something else, or has something beneath it. */
export function reportConflicts(placed: readonly Placed[], report: Report): void {
  const files = new Map<string, Placed>();
  for (const item of placed) {
    if (item.type === 'FILE' && !files.has(cleanPath(item.path))) {
      files.set(cleanPath(item.path), item);
    }
  }
  for (const item of placed) {
    const other = files.get(cleanPath(item.path));
    if (other && other !== item && !isSame(other, item)) {
      report(item.pointer, `is the path of another input, ${other.path}; give each its own`);
    }
    const above = fileAbove(files, item.path);
    if (above)
      report(
        item.pointer,
        `lies beneath ${above.path}, which is a file input; choose another path`,
      );
  }
}

function isSame(one: Placed, other: Placed): boolean {
  return one.type === other.type && one.source === other.source;
}

/** The outermost file input that a path lies beneath. */
function fileAbove(files: ReadonlyMap<string, Placed>, path: string): Placed | undefined {
  const clean = cleanPath(path);
  for (let end = clean.indexOf('/', 1); end !== -1; end = clean.indexOf('/', end + 1)) {
    const file = files.get(clean.slice(0, end));
    if (file) return file;
  }
  return undefined;
}
