/** Which directories of a task are mounted into its executors, and which lone files are carried in and out. */
import { sortedSet, topmost, withAncestors } from './path-trees.ts';
import { cleanPath, parentOf } from './paths.ts';
import { isPattern, parsePattern } from './patterns.ts';
import { readOnlyInputs } from './read-only-inputs.ts';
import type { Executor, TaskDocument } from './task.ts';

/** A directory that exists, under the task's virtual root, before anything runs. */
export interface PlannedDirectory {
  readonly path: string;
  readonly mode: number;
}

/** Where the task's files live inside its executors. All paths are absolute and clean. */
export interface MountPlan {
  /** The topmost shared directories, sorted; none lies in another. */
  readonly mounts: readonly string[];
  /** Files outside every mount, sorted: the shim places and collects them one by one. */
  readonly carried: readonly string[];
  /** Inputs that are mounted read-only, over what is mounted there already; sorted. */
  readonly readOnly: readonly string[];
  /** Every directory to create, parents before children. */
  readonly directories: readonly PlannedDirectory[];
}

const SHARED_TMP = '/tmp';
const STICKY = 0o1777;
const OPEN = 0o777;

/** Directories that images fill themselves: a mount there would hide the image's own files. */
const IMAGE_DIRECTORY =
  /^\/(bin|boot|dev|etc|home|lib[^/]*|opt|proc|root|run|sbin|srv|sys|usr|var|app)(\/|$)/;

/** The kernel's own trees: a stream that points there is opened as it is, never carried. */
const KERNEL_DIRECTORY = /^\/(dev|proc|sys)(\/|$)/;

/**
 * Plans the mounts of a task from its document and two settings alone, so that pod, inputs and outputs agree on them.
 * With `inputsReadOnly` inputs are mounted read-only where they can be. With `asUser` executors are not root and can
 * make no directory in their image, so the directories of lone files are mounted too, but for those that images fill.
 */
export function mountPlan(
  document: TaskDocument,
  inputsReadOnly = false,
  asUser = false,
): MountPlan {
  const files = lonePaths(document);
  const mounts = mountsOf(document, asUser);
  const readOnly = inputsReadOnly ? readOnlyInputs(document).mounts : [];
  const mountPaths = new Set([...mounts, ...readOnly]);
  const mounted = (path: string) => withAncestors(path).some((one) => mountPaths.has(one));
  const all = [...files.read, ...files.written];
  const carried = all.filter((path) => !mounted(path) && !KERNEL_DIRECTORY.test(path));
  const wanted = [
    ...mounts,
    ...declaredDirectories(document),
    ...workdirs(document),
    ...all.filter((path) => !KERNEL_DIRECTORY.test(path)).map(parentOf),
  ];
  const protectedPaths = new Set(readOnly);
  return {
    mounts: mounts.filter((path) => !protectedPaths.has(path)),
    readOnly,
    carried: sortedSet(carried),
    directories: sortedSet(wanted.flatMap(withAncestors)).map((path) => ({
      path,
      mode: path === SHARED_TMP ? STICKY : OPEN,
    })),
  };
}

/** The mounts of the plan alone. */
export function mountsOf(document: TaskDocument, asUser = false): readonly string[] {
  const files = lonePaths(document);
  return topmost(
    [
      SHARED_TMP,
      ...declaredDirectories(document),
      ...workdirs(document),
      ...(asUser ? ownParents(files) : sharedParents(files)),
    ].map(withoutColon),
  );
}

interface LonePaths {
  readonly read: readonly string[];
  readonly written: readonly string[];
}

function lonePaths(document: TaskDocument): LonePaths {
  const streams = (pick: (executor: Executor) => string | undefined) =>
    document.executors.map(pick).filter((path) => path !== undefined);
  const inputs = (document.inputs ?? []).filter((input) => input.type === 'FILE');
  const outputs = (document.outputs ?? []).filter(
    (output) => output.type === 'FILE' && !isPattern(output),
  );
  return {
    read: [...inputs.map((input) => input.path), ...streams((one) => one.stdin)].map(cleanPath),
    written: [
      ...outputs.map((output) => output.path),
      ...streams((one) => one.stdout),
      ...streams((one) => one.stderr),
    ].map(cleanPath),
  };
}

function declaredDirectories(document: TaskDocument): string[] {
  const inputs = (document.inputs ?? []).filter((input) => input.type === 'DIRECTORY');
  const outputs = (document.outputs ?? []).flatMap((output) => {
    if (isPattern(output)) return [parsePattern(output.path).base];
    return output.type === 'DIRECTORY' ? [output.path] : [];
  });
  return [...(document.volumes ?? []), ...inputs.map((input) => input.path), ...outputs]
    .map(cleanPath)
    .filter((path) => path !== '/');
}

function workdirs(document: TaskDocument): string[] {
  return document.executors
    .flatMap((executor) => (executor.workdir === undefined ? [] : [cleanPath(executor.workdir)]))
    .filter(isOurs);
}

function ownParents({ read, written }: LonePaths): string[] {
  return [...read, ...written].map(parentOf).filter(isOurs);
}

/** A directory with both files that come in and files that go out is the task's own. */
function sharedParents(files: LonePaths): string[] {
  const written = new Set(files.written.map(parentOf));
  return files.read.map(parentOf).filter((path) => written.has(path) && isOurs(path));
}

function isOurs(path: string): boolean {
  return path !== '/' && !IMAGE_DIRECTORY.test(path);
}

/** Kubernetes refuses mount paths with a colon, so the nearest directory above without one is mounted instead. */
function withoutColon(path: string): string {
  if (!path.includes(':')) return path;
  const above = parentOf(path.slice(0, path.indexOf(':')));
  return isOurs(above) ? above : path;
}
