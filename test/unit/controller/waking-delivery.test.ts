import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { startWakingDelivery } from '../../../src/controller/waking-delivery.ts';
import { until } from '../../support/until.ts';

/** Wakes the third attempt of a task whose workflow waits for the pods of these attempts; the asked ones in order. */
async function askedAttempts(waitsFor: readonly number[]): Promise<readonly number[]> {
  const asked: number[] = [];
  const complete = ({ number }: { readonly number: number }): Promise<boolean> => {
    asked.push(number);
    return Promise.resolve(waitsFor.includes(number));
  };
  const delivery = startWakingDelivery({ complete }, pino({ level: 'silent' }));
  delivery.put('a pod', { attempt: { taskId: 'a', number: 3 }, seen: 'ended' });
  await until(() => waitsFor.includes(asked.at(-1) ?? 0) || asked.length === 3, {
    ...{ what: 'the waking is sent', withinMs: 5_000, everyMs: 5 },
  });
  await delivery.stop();
  return asked;
}

describe('the waking of a workflow', () => {
  it('is sent to the wait of the attempt', async () => {
    await expect(askedAttempts([1, 2, 3])).resolves.toEqual([3]);
  });

  it('goes to the wait of an earlier attempt in a workflow that was set back to it', async () => {
    await expect(askedAttempts([1])).resolves.toEqual([3, 2, 1]);
  });

  it('is dropped when nothing waits', async () => {
    await expect(askedAttempts([])).resolves.toEqual([3, 2, 1]);
  });
});
