import type { Task } from '../../tes/task.ts';

/** The last touch before a task is answered. */
export type ShowTask = (task: Task) => Task;

const asItIs: ShowTask = (task) => task;

/** A canceled pod still runs until it is proven dead, so RUNNING is what remains true to say. */
const asRunning: ShowTask = (task) =>
  task.state === 'CANCELING' ? { ...task, state: 'RUNNING' } : task;

/** Hides CANCELING when asked to: clients that do not know it stop waiting or wait for ever. */
export function createShowTask(hideCanceling: boolean): ShowTask {
  return hideCanceling ? asRunning : asItIs;
}
