/** Names inside a task pod; none of them can be chosen by a user. */
import { type AttemptRef, podName } from '../../tes/attempt.ts';

/** The stage before the executors. */
export const INPUTS = 'inputs';

/** The stage after the executors, whose log holds the report. */
export const OUTPUTS = 'outputs';

/** The volumes of every pod. */
export const VOLUMES = {
  shim: 'shim',
  records: 'records',
  scratch: 'scratch',
  spec: 'spec',
  account: 'account',
} as const;

/** Where the volumes lie in our containers and in executors: one reserved directory. */
export const PLACES = {
  shim: '/.orrery/shim',
  run: '/.orrery/run',
  records: '/.orrery/records',
  record: '/.orrery/record',
  scratch: '/.orrery/scratch',
  files: '/.orrery/files',
  spec: '/.orrery/spec',
} as const;

/** The folder of the scratch volume that stands for `/` of the task. */
export const VIRTUAL_ROOT = 'root';

/** The folder of the scratch volume with the inputs that executors see read-only: no container of theirs can write there. */
export const READ_ONLY_ROOT = 'read-only';

/** The container of one executor. */
export function executorName(index: number): string {
  return `executor-${index}`;
}

/** The Secret that holds one part of an attempt's specification. */
export function secretName(attempt: AttemptRef, part: number): string {
  return `${podName(attempt)}-spec-${part}`;
}

/** The key, and file name, of one part of the specification. */
export function partName(part: number): string {
  return `spec-${part}`;
}

/** The volume of a file claim; claims are numbered as they are configured. */
export function claimVolume(index: number): string {
  return `claim-${index}`;
}

/** The volume of a Secret that executors see; numbered as they are configured. */
export function executorSecretVolume(index: number): string {
  return `secret-${index}`;
}

/** Where a file claim lies in the containers that transfer files. */
export function claimPlace(index: number): string {
  return `/.orrery/claims/${index}`;
}
