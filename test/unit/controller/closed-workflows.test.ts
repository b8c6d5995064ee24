import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import type { SettleResult } from '../../../activities/results.ts';
import { createClosedWorkflowEnder } from '../../../src/controller/closed-workflows.ts';
import type { Attempt, TaskFacts } from '../../../src/store/ports.ts';

const TASK: TaskFacts = {
  id: 'a',
  state: 'RUNNING',
  createdAt: new Date(0),
  document: { executors: [{ image: 'busybox:1', command: ['true'] }] },
  warnings: [],
};
const OPEN: Attempt = { taskId: 'a', number: 1, openedAt: new Date(0), oomKilled: [], podUid: 'u' };

function anEnder(current: { task: TaskFacts; attempt?: Attempt }, settled?: SettleResult) {
  const calls: string[] = [];
  const say = (call: string): Promise<void> => {
    calls.push(call);
    return Promise.resolve();
  };
  const endClosed = createClosedWorkflowEnder({
    logger: pino({ level: 'silent' }),
    attempts: {
      latest: () => Promise.resolve(current),
      end: async (_id, state) => {
        await say(`end ${state}`);
        return state;
      },
    },
    removePod: ({ number, intent }) => say(`remove ${number} ${intent.kind}`),
    settleAttempt: ({ number, goneSince }) => {
      calls.push(`settle ${number}${goneSince === 0 ? '' : ', wait for a pod that is gone'}`);
      if (settled === undefined) throw new Error('nothing to settle');
      return Promise.resolve(settled);
    },
  });
  return { calls, endClosed };
}

describe('a task whose workflow is closed', () => {
  it('is left alone when its row is final already', async () => {
    const ender = anEnder({ task: { ...TASK, state: 'COMPLETE' }, attempt: OPEN });
    expect([await ender.endClosed('a'), ender.calls]).toEqual([true, []]);
  });

  it('keeps the true end of its pod when that had ended', async () => {
    const ender = anEnder({ task: TASK, attempt: OPEN }, { kind: 'done', state: 'COMPLETE' });
    expect([await ender.endClosed('a'), ender.calls]).toEqual([
      true,
      ['remove 1 clean-up', 'settle 1'],
    ]);
  });

  it('is asked for again while the death of its pod is not proven', async () => {
    const wait = { kind: 'wait', seen: 'fresh', wakeInMs: 5_000 } as const;
    const ender = anEnder({ task: TASK, attempt: OPEN }, wait);
    expect([await ender.endClosed('a'), ender.calls.at(-1)]).toEqual([false, 'settle 1']);
  });

  it('ends SYSTEM_ERROR instead of having another attempt', async () => {
    const ender = anEnder({ task: TASK, attempt: OPEN }, { kind: 'next', backoffMs: 5_000 });
    expect([await ender.endClosed('a'), ender.calls.at(-1)]).toEqual([true, 'end SYSTEM_ERROR']);
  });

  it('ends CANCELED when that was asked', async () => {
    const ender = anEnder({ task: { ...TASK, state: 'CANCELING', cancelAskedAt: new Date(1) } });
    expect([await ender.endClosed('a'), ender.calls]).toEqual([true, ['end CANCELED']]);
  });
});
