/** The ports of Temporal: start, cancel and wake workflows. */
import type { PodClass } from '../tes/observation.ts';

/** Starts and cancels `runTask` workflows; the workflow id is the task id. */
export interface TaskLauncher {
  /** USE_EXISTING and REJECT_DUPLICATE: starting twice is no error. */
  start(taskId: string): Promise<void>;
  /** Asks the workflow to cancel; not found or closed is no error. */
  cancel(taskId: string): Promise<void>;
}

/** Ends a waiting `awaitPod` from outside. */
export interface WaitCompleter {
  /** False when no such activity is waiting: the completion is dropped. */
  complete(attempt: { taskId: string; number: number }, seen: PodClass): Promise<boolean>;
}
