/** What the worker registers: workflow functions only. */
export { runTask } from './run-task.ts';
