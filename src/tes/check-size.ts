/** The size of a task: what Postgres, Kubernetes and its store would refuse, or what would keep them busy for others. */
import { mountsOf } from './mount-plan.ts';
import type { Draft, Report } from './shape.ts';
import type { TaskDocument } from './task.ts';

/** Postgres cannot keep more in its index of names. */
const MAX_NAME_BYTES = 2000;

const MAX_TAG_BYTES = 128 * 1024;

/** Of all inputs, outputs and volumes together; each name may be a directory that is made before the task starts. */
const MAX_PATH_BYTES = 4 * 1024 * 1024;
const MAX_PATH_NAMES = 200_000;

/** What Kubernetes makes of a document must fit into one object of its store, 1.5 MiB, with room for the pod's status. */
const MAX_POD_BYTES = 1024 * 1024;

/** Each is mounted into each executor. */
const MAX_MOUNTS = 500;

/** What the pod holds beside texts of the client: a container, an entry of its environment, a mount. */
const CONTAINER_BYTES = 2000;
const VARIABLE_BYTES = 120;
const MOUNT_BYTES = 200;

/** Reports texts of a task that together are too large; false when its paths are too many to compare them. */
export function checkSize(task: Draft<TaskDocument>, report: Report): boolean {
  if (Buffer.byteLength(task.name ?? '') > MAX_NAME_BYTES) {
    report('/name', `must not be longer than ${MAX_NAME_BYTES} bytes; put the rest in description`);
  }
  if (bytesOf(Object.entries(task.tags ?? {}).flat()) > MAX_TAG_BYTES) {
    report('/tags', `must not be longer than ${MAX_TAG_BYTES} bytes in all; send fewer of them`);
  }
  const places = [...(task.inputs ?? []), ...(task.outputs ?? [])].map((place) => place?.path);
  const paths = [...places, ...(task.volumes ?? [])].filter((path) => path !== undefined);
  const names = paths.reduce((total, path) => total + path.split('/').length, 0);
  const remedy = 'bring in a DIRECTORY instead';
  if (names > MAX_PATH_NAMES) {
    report('', `has paths of more than ${MAX_PATH_NAMES} names in all; ${remedy}`);
    return false;
  }
  if (bytesOf(paths) <= MAX_PATH_BYTES) return true;
  report('', `has paths of more than ${MAX_PATH_BYTES} bytes in all; ${remedy}`);
  return false;
}

/** Reports a document without other problems whose pod would be too large for Kubernetes. */
export function checkPodSize(document: TaskDocument, report: Report): void {
  const mounts = mountsOf(document);
  if (mounts.length > MAX_MOUNTS) {
    const remedy = 'put volumes and directories into common ones';
    report(
      '',
      `needs ${mounts.length} mounts, which must not be more than ${MAX_MOUNTS}; ${remedy}`,
    );
    return;
  }
  const bytes = document.executors
    .map(({ image, env = {} }) => CONTAINER_BYTES + image.length + environmentBytes(env))
    .reduce((total, size) => total + size + mountsBytes(mounts), 0);
  if (bytes <= MAX_POD_BYTES) return;
  const remedy = 'pass long env values in input files, and use fewer volumes and directories';
  report(
    '',
    `needs a pod of about ${bytes} bytes, which must not be more than ${MAX_POD_BYTES}; ${remedy}`,
  );
}

/** Kubernetes keeps each name twice: as what it is, and as who manages it. A `$` is doubled. */
function environmentBytes(env: Readonly<Record<string, string>>): number {
  return Object.entries(env)
    .map(([name, value]) => 2 * name.length + bytesOf([value]) + value.split('$').length - 1)
    .reduce((total, size) => total + size + VARIABLE_BYTES, 0);
}

/** A path is where it is mounted, where it lies in the volume, and who manages it. */
function mountsBytes(mounts: readonly string[]): number {
  return 3 * bytesOf(mounts) + MOUNT_BYTES * mounts.length;
}

function bytesOf(texts: readonly (string | undefined)[]): number {
  return texts.reduce((total, text = '') => total + Buffer.byteLength(text), 0);
}
