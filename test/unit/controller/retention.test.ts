import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { startRetention } from '../../../src/controller/retention.ts';

const logger = pino({ level: 'silent' });
const DAY_MS = 86_400_000;

/** A store that deletes as many as it is told to, one number a call, and then none. */
function aRetentionStore(counts: number[]) {
  const calls: { before: Date; limit: number }[] = [];
  const { promise: exhausted, resolve } = Promise.withResolvers<undefined>();
  return {
    calls,
    exhausted,
    deleteEnded(before: Date, limit: number) {
      calls.push({ before, limit });
      const count = counts.shift() ?? 0;
      if (counts.length === 0) resolve(undefined);
      return Promise.resolve(count);
    },
  };
}

describe('the retention loop', () => {
  it('goes on at once while batches are full, then pauses', async () => {
    const retention = aRetentionStore([100, 100, 7]);
    const loop = startRetention({ retention, days: 30, logger });
    await retention.exhausted;
    await loop.stop();

    expect(retention.calls.map(({ limit }) => limit)).toEqual([100, 100, 100]);
  });

  it('deletes what ended more days ago than the setting says', async () => {
    const retention = aRetentionStore([0]);
    const loop = startRetention({ retention, days: 30, logger });
    await retention.exhausted;
    await loop.stop();

    const age = Date.now() - (retention.calls[0]?.before.getTime() ?? 0);
    expect(Math.round(age / DAY_MS)).toBe(30);
  });

  it('deletes nothing when the setting is 0', async () => {
    const retention = aRetentionStore([0]);
    const loop = startRetention({ retention, days: 0, logger });
    await loop.stop();

    expect(retention.calls).toEqual([]);
  });
});
