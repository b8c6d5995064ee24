import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { createStartQueue } from '../../../src/api/start-queue.ts';
import { createFakeLauncher } from '../../support/fakes/launcher.ts';

const logger = pino({ level: 'silent' });
const wakes = { wake: () => undefined };

const anOutbox = (desired: 'start' | 'cancel' = 'start') => {
  const claimed: string[] = [];
  const dispatched: string[] = [];
  return {
    claimed,
    dispatched,
    claimOne: (taskId: string) => {
      claimed.push(taskId);
      return Promise.resolve({ taskId, desired });
    },
    markDispatched: (taskIds: readonly string[]) => {
      dispatched.push(...taskIds);
      return Promise.resolve();
    },
  };
};

describe('the start queue', () => {
  it('claims, starts and marks, in this order', async () => {
    const outbox = anOutbox();
    const launcher = createFakeLauncher();
    const release = launcher.hold();
    const queue = createStartQueue({ outbox, wakes, launcher, logger });

    queue.offer('a', 'start');
    await Promise.resolve();
    const before = [[...outbox.claimed], [...launcher.started], [...outbox.dispatched]];
    release();
    await queue.drain(1_000);

    expect(before).toEqual([['a'], [], []]);
    expect([launcher.started, outbox.dispatched]).toEqual([['a'], ['a']]);
  });

  it('does what the claimed row desires, which may be a cancel by now', async () => {
    const outbox = anOutbox('cancel');
    const launcher = createFakeLauncher();
    const queue = createStartQueue({ outbox, wakes, launcher, logger });

    queue.offer('a', 'start');
    await queue.drain(1_000);

    expect([launcher.canceled, launcher.started, outbox.dispatched]).toEqual([['a'], [], ['a']]);
  });

  it('leaves a row that somebody else has claimed alone', async () => {
    const outbox = { ...anOutbox(), claimOne: () => Promise.resolve(undefined) };
    const launcher = createFakeLauncher();
    const queue = createStartQueue({ outbox, wakes, launcher, logger });

    queue.offer('a', 'start');
    await queue.drain(1_000);

    expect([launcher.started, outbox.dispatched]).toEqual([[], []]);
  });

  it('wakes the dispatcher when a start is held, and leaves the next ones to it', async () => {
    const asked: string[] = [];
    const outbox = {
      ...anOutbox(),
      claimOne: (taskId: string) => {
        asked.push(taskId);
        return Promise.resolve('held' as const);
      },
    };
    const launcher = createFakeLauncher();
    let woken = 0;
    const queue = createStartQueue({
      outbox,
      wakes: {
        wake: () => {
          woken += 1;
        },
      },
      launcher,
      logger,
    });

    queue.offer('a', 'start');
    await queue.drain(1_000);
    queue.offer('b', 'start');
    queue.offer('c', 'cancel');
    await queue.drain(1_000);

    expect(asked).toEqual(['a', 'c']);
    expect(woken).toBe(3);
    expect(launcher.started).toEqual([]);
  });

  it('does not mark what could not be started', async () => {
    const outbox = anOutbox();
    const launcher = createFakeLauncher();
    launcher.failWith(new Error('no Temporal today'));
    const queue = createStartQueue({ outbox, wakes, launcher, logger });

    queue.offer('a', 'start');
    await queue.drain(1_000);

    expect(outbox.dispatched).toEqual([]);
  });

  it('does not mark a task whose workflow has closed, so that the dispatcher finds it', async () => {
    const outbox = anOutbox();
    const launcher = { ...createFakeLauncher(), launch: () => Promise.resolve('closed' as const) };
    const queue = createStartQueue({ outbox, wakes, launcher, logger });

    queue.offer('a', 'start');
    await queue.drain(1_000);

    expect(outbox.claimed).toEqual(['a']);
    expect(outbox.dispatched).toEqual([]);
  });

  it('has 16 in flight at most, drops the rest, and takes new ones afterwards', async () => {
    const outbox = anOutbox();
    const launcher = createFakeLauncher();
    const release = launcher.hold();
    const queue = createStartQueue({ outbox, wakes, launcher, logger });

    for (let index = 0; index < 20; index += 1) queue.offer(String(index), 'start');
    const claimedAtOnce = outbox.claimed.length;
    release();
    await queue.drain(1_000);
    queue.offer('later', 'start');
    await queue.drain(1_000);

    expect(claimedAtOnce).toBe(16);
    expect(launcher.started).toHaveLength(17);
    expect(launcher.started.at(-1)).toBe('later');
  });

  it('stops waiting after the given time', async () => {
    const launcher = createFakeLauncher();
    launcher.hold();
    const queue = createStartQueue({ outbox: anOutbox(), wakes, launcher, logger });
    queue.offer('a', 'start');

    await queue.drain(10);

    expect(launcher.started).toEqual([]);
  });
});
