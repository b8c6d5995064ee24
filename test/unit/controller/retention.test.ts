import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { startRetention } from '../../../src/controller/retention.ts';

const logger = pino({ level: 'silent' });
const DAY_MS = 86_400_000;

/** A store whose sweep has as many batches as told, and keys that are pruned as told, one number a call. */
function aRetentionStore({ batches = 1, keys = [0] }: { batches?: number; keys?: number[] }) {
  const calls: { before: Date; after: string | undefined }[] = [];
  const pruned: number[] = [];
  const { promise: exhausted, resolve } = Promise.withResolvers<undefined>();
  const look = () => {
    if (calls.length >= batches && pruned.length >= keys.length) resolve(undefined);
  };
  return {
    calls,
    pruned,
    exhausted,
    deleteEnded(before: Date, { after }: { after?: string | undefined }) {
      calls.push({ before, after });
      look();
      const count = calls.length;
      return Promise.resolve({ deleted: 7, ...(count < batches && { next: `task-${count}` }) });
    },
    pruneKeys(limit: number) {
      const count =
        keys[pruned.length] === undefined ? 0 : Math.min(keys[pruned.length] ?? 0, limit);
      pruned.push(count);
      look();
      return Promise.resolve(count);
    },
  };
}

describe('the retention loop', () => {
  it('goes on at once where the batch before ended, and pauses after the last one', async () => {
    const retention = aRetentionStore({ batches: 3 });
    const loop = startRetention({ retention, days: 30, logger });
    await retention.exhausted;
    await loop.stop();

    expect(retention.calls.map(({ after }) => after)).toEqual([undefined, 'task-1', 'task-2']);
  });

  it('deletes what ended more days ago than the setting says', async () => {
    const retention = aRetentionStore({});
    const loop = startRetention({ retention, days: 30, logger });
    await retention.exhausted;
    await loop.stop();

    const age = Date.now() - (retention.calls[0]?.before.getTime() ?? 0);
    expect(Math.round(age / DAY_MS)).toBe(30);
  });

  it('deletes no task when the setting is 0, but keys in full batches at once', async () => {
    const retention = aRetentionStore({ batches: 0, keys: [1_000, 1_000, 3] });
    const loop = startRetention({ retention, days: 0, logger });
    await retention.exhausted;
    await loop.stop();

    expect(retention.calls).toEqual([]);
    expect(retention.pruned).toEqual([1_000, 1_000, 3]);
  });
});
