/** Paths of a task that cannot exist side by side, because one would have to be a file and a directory. */
import { cleanPath } from './paths.ts';
import type { Place } from './places.ts';
import type { Report } from './shape.ts';

/** Reports every file that shares its path with something else, or has something beneath it. */
export function reportConflicts(places: readonly Place[], report: Report): void {
  const files = new Map<string, Place>();
  const directories = new Set<string>();
  for (const place of places) {
    const path = cleanPath(place.path);
    if (place.type === 'DIRECTORY') directories.add(path);
    else if (place.source !== undefined && !files.has(path)) files.set(path, place);
  }
  for (const place of places) {
    const path = cleanPath(place.path);
    const file = files.get(path);
    if (file && file !== place && !mayShare(file, place)) {
      report(place.pointer, `is the path of another input, ${file.path}; give each its own`);
    } else if (isMadeFile(place) && directories.has(path)) {
      report(place.pointer, 'is a directory of this task; name a file in it');
    }
    const above = fileAbove(files, path);
    if (above) {
      const fault = `lies beneath ${above.path}, which is a file input`;
      report(place.pointer, `${fault}; choose another path`);
    }
  }
}

/** Two inputs of the same bytes are one, and a file that the task makes may replace an input. */
function mayShare(input: Place, other: Place): boolean {
  return other.type === 'FILE' && (other.source === undefined || other.source === input.source);
}

function isMadeFile({ type, source }: Place): boolean {
  return type === 'FILE' && source === undefined;
}

/** The outermost file input that a clean path lies beneath. */
function fileAbove(files: ReadonlyMap<string, Place>, path: string): Place | undefined {
  for (let end = path.indexOf('/', 1); end !== -1; end = path.indexOf('/', end + 1)) {
    const file = files.get(path.slice(0, end));
    if (file) return file;
  }
  return undefined;
}
