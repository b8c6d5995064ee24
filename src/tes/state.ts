/** The TES states, which of them are final, and the one transition function every state write goes through. */

/** All states of TES 1.1, in the order of the specification. */
export const TASK_STATES = [
  'UNKNOWN',
  'QUEUED',
  'INITIALIZING',
  'RUNNING',
  'PAUSED',
  'COMPLETE',
  'EXECUTOR_ERROR',
  'SYSTEM_ERROR',
  'CANCELED',
  'PREEMPTED',
  'CANCELING',
] as const;

export type TaskState = (typeof TASK_STATES)[number];

/** A state a settled attempt may give its task. */
export type FinalState = 'COMPLETE' | 'EXECUTOR_ERROR' | 'SYSTEM_ERROR' | 'CANCELED' | 'PREEMPTED';

/** What may happen to a task after it was accepted. */
export type TaskEvent =
  | { readonly type: 'attempt-opened' }
  | { readonly type: 'initializing' }
  | { readonly type: 'running' }
  | { readonly type: 'cancel-asked' }
  | { readonly type: 'ended'; readonly state: FinalState };

const FINAL: ReadonlySet<TaskState> = new Set<TaskState>([
  'COMPLETE',
  'EXECUTOR_ERROR',
  'SYSTEM_ERROR',
  'CANCELED',
  'PREEMPTED',
]);

/** True for the five states that never change again. */
export function isFinal(state: TaskState): state is FinalState {
  return FINAL.has(state);
}

/**
 * The state after an event, or `undefined` when the event is forbidden in that state, which makes it a no-op.
 * Final states never change; from CANCELING only final states are reachable.
 */
export function next(state: TaskState, event: TaskEvent): TaskState | undefined {
  if (isFinal(state)) return undefined;
  if (event.type === 'ended') return event.state;
  if (state === 'CANCELING') return undefined;
  switch (event.type) {
    case 'cancel-asked':
      return 'CANCELING';
    case 'attempt-opened':
      return state === 'QUEUED' ? undefined : 'QUEUED';
    case 'initializing':
      return state === 'QUEUED' ? 'INITIALIZING' : undefined;
    case 'running':
      return state === 'QUEUED' || state === 'INITIALIZING' ? 'RUNNING' : undefined;
  }
}
