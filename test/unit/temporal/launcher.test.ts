import { describe, expect, it } from '@jest/globals';
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';

import { createTaskLauncher } from '../../../src/temporal/launcher.ts';

/** A Temporal that has the workflow already, in this state. */
function aLauncherThatMeets(status: string) {
  const canceled: string[] = [];
  const workflow = {
    start: () =>
      Promise.reject(new WorkflowExecutionAlreadyStartedError('again', 'a task', 'runTask')),
    getHandle: (id: string) => ({
      describe: () => Promise.resolve({ status: { name: status } }),
      cancel: () => Promise.resolve(canceled.push(id)),
    }),
  };
  const launcher = createTaskLauncher({ workflow } as unknown as Client, {
    taskQueue: 'tasks',
    summarise: () => Promise.resolve(undefined),
    searchAttributes: { mayUse: () => Promise.resolve(false), refused: () => undefined },
  });
  return { launcher, canceled };
}

describe('a start of a workflow that is there already', () => {
  it.each(['RUNNING', 'PAUSED', 'CONTINUED_AS_NEW', 'UNSPECIFIED', 'UNKNOWN'])(
    'takes one that is %s for open, so that nobody ends its task',
    async (status) => {
      const { launcher } = aLauncherThatMeets(status);
      await expect(launcher.launch({ taskId: 'a', desired: 'start' })).resolves.toBe('open');
    },
  );

  it.each(['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT'])(
    'takes one that is %s for closed',
    async (status) => {
      const { launcher } = aLauncherThatMeets(status);
      await expect(launcher.launch({ taskId: 'a', desired: 'start' })).resolves.toBe('closed');
    },
  );

  it('hands a cancel on to one that is paused', async () => {
    const { launcher, canceled } = aLauncherThatMeets('PAUSED');
    await launcher.launch({ taskId: 'a', desired: 'cancel' });
    expect(canceled).toEqual(['a']);
  });
});
