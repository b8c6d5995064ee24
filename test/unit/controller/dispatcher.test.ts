import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { pino } from 'pino';

import { startDispatcher } from '../../../src/controller/dispatcher.ts';
import type { DispatchRound } from '../../../src/store/ports.ts';
import { createFakeLauncher } from '../../support/fakes/launcher.ts';

const logger = pino({ level: 'silent' });
const limits = { pods: 1, inlineBytes: 1, ownerPods: 1, ownerInlineBytes: 1 };
const NOTHING: DispatchRound = { claimed: [], left: 'nothing' };

/** A dispatcher whose rounds have the given results, the last one for ever. */
function aDispatcher(...results: DispatchRound[]) {
  const rounds: DispatchRound[] = [];
  let onWake = (): void => undefined;
  const launcher = createFakeLauncher();
  const marked: string[] = [];
  const loop = startDispatcher({
    outbox: {
      claim: () => {
        const result = results[Math.min(rounds.length, results.length - 1)] ?? NOTHING;
        rounds.push(result);
        return Promise.resolve(result);
      },
      markDispatched: (taskIds) => {
        marked.push(...taskIds);
        return Promise.resolve();
      },
    },
    wakes: {
      listen: (callBack) => {
        onWake = callBack;
        return { stop: () => Promise.resolve() };
      },
    },
    limits,
    launcher,
    endClosed: () => Promise.resolve(true),
    logger,
  });
  return {
    launcher,
    marked,
    rounds,
    stop: () => loop.stop(),
    wake: () => {
      onWake();
    },
  };
}

/** Lets everything happen that needs no time. */
const settle = (): Promise<void> => jest.advanceTimersByTimeAsync(0);

describe('the dispatcher', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('starts what it claims and marks it', async () => {
    const claimed = [{ taskId: 'a', desired: 'start' } as const];
    const dispatcher = aDispatcher({ claimed, left: 'nothing' }, NOTHING);
    await settle();

    expect([dispatcher.launcher.started, dispatcher.marked]).toEqual([['a'], ['a']]);
    await dispatcher.stop();
  });

  it('looks every 250 ms while there is work, and every 1.5 s while there is none', async () => {
    const held: DispatchRound = { claimed: [], left: 'held' };
    const dispatcher = aDispatcher(held, held, NOTHING);
    await jest.advanceTimersByTimeAsync(500);
    expect(dispatcher.rounds).toHaveLength(3);

    await jest.advanceTimersByTimeAsync(1_499);
    expect(dispatcher.rounds).toHaveLength(3);
    await jest.advanceTimersByTimeAsync(1);
    expect(dispatcher.rounds).toHaveLength(4);
    await dispatcher.stop();
  });

  it('goes on at once while more could start', async () => {
    const ready: DispatchRound = { claimed: [], left: 'ready' };
    const dispatcher = aDispatcher(ready, ready, NOTHING);
    await settle();

    expect(dispatcher.rounds).toHaveLength(3);
    await dispatcher.stop();
  });

  it('looks at once when it is woken, and finds a task without any waking a little later', async () => {
    const dispatcher = aDispatcher(NOTHING);
    await settle();

    dispatcher.wake();
    await settle();
    expect(dispatcher.rounds).toHaveLength(2);

    await jest.advanceTimersByTimeAsync(1_500);
    expect(dispatcher.rounds).toHaveLength(3);
    await dispatcher.stop();
  });

  it('is not hurried by new tasks while limits hold back others', async () => {
    const dispatcher = aDispatcher({ claimed: [], left: 'held' });
    await settle();

    dispatcher.wake();
    await jest.advanceTimersByTimeAsync(249);
    expect(dispatcher.rounds).toHaveLength(1);

    await jest.advanceTimersByTimeAsync(1);
    expect(dispatcher.rounds).toHaveLength(2);
    await dispatcher.stop();
  });
});
