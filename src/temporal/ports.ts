/** The ports of Temporal: start, cancel and wake workflows. */
import type { AttemptRef } from '../tes/attempt.ts';
import type { PodClass } from '../tes/observation.ts';

/** `closed`: Temporal itself says that the task's workflow has ended, so nobody drives the task any more. */
export type LaunchOutcome = 'open' | 'closed';

/** Brings a task's workflow to its desired state. */
export interface TaskLauncher {
  /**
   * Starts the workflow, which is no error when it runs already, and for `cancel` asks it to cancel. A cancel
   * begins with a start too: of an earlier start nobody knows whether it arrived.
   */
  launch(dispatch: {
    readonly taskId: string;
    readonly desired: 'start' | 'cancel';
  }): Promise<LaunchOutcome>;
}

/** Ends a waiting `awaitPod` from outside. */
export interface WaitCompleter {
  /** False when no such activity is waiting: the completion is dropped. */
  complete(attempt: AttemptRef, seen: PodClass): Promise<boolean>;
}
