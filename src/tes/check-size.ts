/** The size of a task: what Postgres, Kubernetes and its store would refuse, or what would keep them busy for others. */
import { mountsOf } from './mount-plan.ts';
import type { Draft, Report } from './shape.ts';
import type { Executor, TaskDocument } from './task.ts';

/** Postgres cannot keep more in its index of names. */
const MAX_NAME_BYTES = 2000;

const MAX_TAG_BYTES = 128 * 1024;

/** Of all inputs, outputs and volumes together; each name may be a directory that is made before the task starts. */
const MAX_PATH_BYTES = 4 * 1024 * 1024;
const MAX_PATH_NAMES = 200_000;

/**
 * The store of Kubernetes takes no object of more than 1.5 MiB. The rest is for messages about containers, and for
 * what a cluster adds to each pod.
 */
const MAX_POD_BYTES = 1_400_000;

/** What the stages are told is read into memory by the first one, whose container has 256 MiB; 68 MB were tried. */
const MAX_SPEC_BYTES = 64 * 1024 * 1024;

/** Each is mounted into each executor. */
const MAX_MOUNTS = 500;

/** What a pod that has ended holds beside texts of the client, measured: itself, an executor, a mount. */
const BARE_POD_BYTES = 8000;
const CONTAINER_BYTES = 2000;
const MOUNT_BYTES = 125;

/** No container starts with less than a few MiB, whatever it runs. */
const MIN_RAM_GB = 0.004;

/** Reports texts of a task that together are too large; false when its paths are too many to compare them. */
export function checkSize(task: Draft<TaskDocument>, report: Report): boolean {
  if (Buffer.byteLength(task.name ?? '') > MAX_NAME_BYTES) {
    report('/name', `must not be longer than ${MAX_NAME_BYTES} bytes; put the rest in description`);
  }
  if (bytesOf(Object.entries(task.tags ?? {}).flat()) > MAX_TAG_BYTES) {
    report('/tags', `must not be longer than ${MAX_TAG_BYTES} bytes in all; send fewer of them`);
  }
  checkMemory(task.resources?.ram_gb, report);
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

function checkMemory(gigabytes: number | undefined, report: Report): void {
  if (gigabytes === undefined || gigabytes >= MIN_RAM_GB) return;
  report('/resources/ram_gb', `must be at least ${MIN_RAM_GB}; no container starts with less`);
}

/** Reports a document without other problems that would be too large for Kubernetes or for the pod. */
export function checkPodSize(document: TaskDocument, report: Report): void {
  checkSpecSize(document, report);
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
    .map(({ image }) => CONTAINER_BYTES + 3 * image.length)
    .reduce((total, size) => total + size + mountsBytes(mounts), BARE_POD_BYTES);
  if (bytes <= MAX_POD_BYTES) return;
  const remedy = 'use fewer volumes and directories';
  report(
    '',
    `needs a pod of about ${Math.ceil(bytes)} bytes, which must not be more than ${MAX_POD_BYTES}; ${remedy}`,
  );
}

/**
 * Each executor is told its command and environment, and the paths of all inputs and outputs, of outputs twice;
 * contents are told in base64.
 */
function checkSpecSize(
  { inputs = [], outputs = [], executors }: TaskDocument,
  report: Report,
): void {
  const pathBytes = (places: readonly { readonly path: string }[]): number =>
    bytesOf(places.map(({ path }) => path)) + 3 * places.length;
  const contents = (bytesOf(inputs.map(({ content }) => content)) * 4) / 3;
  const paths = executors.length * (pathBytes(inputs) + 2 * pathBytes(outputs));
  const programs = bytesOf(executors.flatMap(programTexts));
  if (contents + paths + programs <= MAX_SPEC_BYTES) return;
  const remedy = 'bring in a DIRECTORY instead, or use fewer executors';
  report(
    '',
    `has too many paths of inputs and outputs, or too long commands and env, for ${executors.length} executors; ${remedy}`,
  );
}

function programTexts({ command, env = {} }: Executor): string[] {
  return [...command, ...Object.entries(env).flat()];
}

/** A path is where it is mounted, where it lies in the volume, who manages it, and what was mounted in the end. */
function mountsBytes(mounts: readonly string[]): number {
  const escapes = mounts.reduce((total, path) => total + escapeBytes(path), 0);
  return 4 * bytesOf(mounts) + escapes + MOUNT_BYTES * mounts.length;
}

/** Who manages a mount is written as JSON within JSON. */
function escapeBytes(path: string): number {
  const short = path.match(/["\\]/g)?.length ?? 0;
  const long = path.match(/[\p{Cc}<>&\u2028\u2029]/gu)?.length ?? 0;
  return 3 * short + 6 * long;
}

function bytesOf(texts: readonly (string | undefined)[]): number {
  return texts.reduce((total, text = '') => total + Buffer.byteLength(text), 0);
}
