/** Which inputs executors cannot change, where the administrator wants that. */
import { topmost, withAncestors } from './path-trees.ts';
import { cleanPath } from './paths.ts';
import { isPattern, parsePattern } from './patterns.ts';
import type { TaskDocument } from './task.ts';

/** Inputs that stay as they were brought in. Paths are clean. */
export interface ReadOnlyInputs {
  /** Of all of them. */
  readonly paths: ReadonlySet<string>;
  /** Of those that are mounted read-only, sorted; the others are protected by their modes alone. */
  readonly mounts: readonly string[];
}

/** What all these mounts may add to a pod, whose limit leaves little more. */
const MOUNT_BUDGET_BYTES = 100_000;

/** What Kubernetes keeps of a mount beside its path, which it keeps four times. */
const MOUNT_BYTES = 125;

/**
 * Every input but those at or above something that the task writes: an output, a volume, a working directory, a stream
 * file. The mounts are as many as the pod has room for; a path with a colon cannot be one.
 */
export function readOnlyInputs(document: TaskDocument): ReadOnlyInputs {
  const written = writtenAncestors(document);
  const paths = (document.inputs ?? [])
    .map(({ path }) => cleanPath(path))
    .filter((path) => !written.has(path));
  return { paths: new Set(paths), mounts: fitting(topmost(paths), document.executors.length) };
}

/** Everything that the task writes, and every directory above it. */
function writtenAncestors({ outputs = [], volumes = [], executors }: TaskDocument): Set<string> {
  const written = [
    ...outputs.map((output) => (isPattern(output) ? parsePattern(output.path).base : output.path)),
    ...volumes,
    ...executors.flatMap(({ workdir, stdout, stderr }) => [workdir, stdout, stderr]),
  ].filter((path) => path !== undefined);
  return new Set(written.map(cleanPath).flatMap(withAncestors));
}

function fitting(paths: readonly string[], executors: number): string[] {
  let room = MOUNT_BUDGET_BYTES / executors;
  return paths.filter((path) => {
    room -= path.includes(':') ? 0 : 4 * Buffer.byteLength(path) + MOUNT_BYTES;
    return !path.includes(':') && room >= 0;
  });
}
