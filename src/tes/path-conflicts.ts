/** Paths of a task that cannot exist: one would have to be a file and a directory, or a file would be a device. */
import { withAncestors } from './path-trees.ts';
import { cleanPath, isWithin } from './paths.ts';
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

/** Reports files among the devices of the kernel: they are carried nowhere, unless a directory of the task holds them. */
export function reportDevices(places: readonly Place[], report: Report): void {
  const directories = new Set(
    places.filter(({ type }) => type === 'DIRECTORY').map(({ path }) => cleanPath(path)),
  );
  for (const { pointer, path, type, isStream } of places) {
    if (type === 'DIRECTORY' || isStream === true || !isWithin(path, '/dev')) continue;
    if (withAncestors(cleanPath(path)).some((one) => directories.has(one))) continue;
    const remedy = 'choose another path, or one in a volume such as /dev/shm';
    report(pointer, `must not lie among the devices in /dev; ${remedy}`);
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
