/** Names that the workflow, the pod builder and the controller share. */

/** The scheduling gate under which every pod is made: it is lifted only after the pod's uid is recorded. */
export const GATE = 'orrery.dev/uid-recorded';

/** The finalizer that keeps a pod readable until its result is committed. */
export const FINALIZER = 'orrery.dev/settle';

/** Labels that say whose pod it is. */
export const LABELS = {
  installation: 'orrery.dev/installation',
  task: 'orrery.dev/task',
  attempt: 'orrery.dev/attempt',
} as const;

/** Annotations that say what the pod was built from. */
export const ANNOTATIONS = {
  documentHash: 'orrery.dev/document-hash',
  builder: 'orrery.dev/builder',
} as const;

/** One try of a task: its task and its number, which counts from 1. */
export interface AttemptRef {
  readonly taskId: string;
  readonly number: number;
}

/** The name of an attempt's pod. */
export function podName(attempt: AttemptRef): string {
  return `orrery-${attempt.taskId}-${attempt.number}`;
}

/** The Temporal activity id of an attempt's `awaitPod`, which the controller must know without asking. */
export function awaitActivityId(attempt: AttemptRef): string {
  return `await-${attempt.number}`;
}
