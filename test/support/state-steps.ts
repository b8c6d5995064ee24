/** Which steps between states are legal, written down by hand so that tests do not ask the code under test. */

/** The states that never change. */
export const FINAL_STATES_OF_TEST: ReadonlySet<unknown> = new Set([
  'COMPLETE',
  'EXECUTOR_ERROR',
  'SYSTEM_ERROR',
  'CANCELED',
  'PREEMPTED',
]);

const FORWARD: Readonly<Record<string, readonly string[]>> = {
  QUEUED: ['INITIALIZING', 'CANCELING'],
  INITIALIZING: ['QUEUED', 'RUNNING', 'CANCELING'],
  RUNNING: ['QUEUED', 'CANCELING'],
  CANCELING: [],
};

/** True when a task may go from one state to the other; from `null` it may only become QUEUED. */
export function isLegalStep(from: unknown, to: unknown): boolean {
  if (typeof to !== 'string') return false;
  if (typeof from !== 'string') return to === 'QUEUED';
  const forward = FORWARD[from];
  return forward !== undefined && (forward.includes(to) || FINAL_STATES_OF_TEST.has(to));
}
