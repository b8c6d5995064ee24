/** What Temporal makes of the failures of activities. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import type { EnsureResult } from '../../activities/results.ts';
import { createRetryPauses } from '../../activities/retry-pauses.ts';
import { withRetries } from '../../activities/retrying.ts';
import { TransientError } from '../../src/errors/tes-error.ts';
import { createWorkflowBench } from '../support/workflow-run.ts';

let bench: Awaited<ReturnType<typeof createWorkflowBench>>;

beforeAll(async () => {
  bench = await createWorkflowBench();
}, 60_000);

afterAll(async () => {
  await bench.close();
});

const ENDED: EnsureResult = { kind: 'final', state: 'COMPLETE' };
const GIVEN_UP: EnsureResult = { kind: 'final', state: 'SYSTEM_ERROR' };
const PATIENCE_MS = 1_000;

/** Runs `runTask` with an `ensurePod` that fails so often with this error; the times of its calls. */
async function failing(times: number, error: Error, { faultPatienceMs = PATIENCE_MS } = {}) {
  const calls: number[] = [];
  const pauses = createRetryPauses({ now: () => Date.now(), random: () => Math.random() });
  const rules = { logger: pino({ level: 'silent' }), faultPatienceMs, pauses };
  const run = await bench.withWorker(
    { ensurePod: [ENDED] },
    async ({ handle }) => {
      await handle.result();
    },
    {
      around: (activities) => ({
        ...activities,
        ensurePod: withRetries(
          () => {
            calls.push(Date.now());
            return calls.length > times ? Promise.resolve(ENDED) : Promise.reject(error);
          },
          () => Promise.resolve(GIVEN_UP),
          rules,
        ),
      }),
    },
  );
  const { events } = await run.handle.fetchHistory();
  return { calls, state: (await run.handle.result()) as string, events: events?.length };
}

describe('an activity that meets an outage', () => {
  it('is tried again for ever, which adds nothing to the history', async () => {
    const outage = new TransientError('The database cannot be reached.');
    const run = await failing(6, outage, { faultPatienceMs: 0 });
    expect(run.state).toBe('COMPLETE');
    expect(run.calls).toHaveLength(7);
    expect(run.events).toBe(11);
  }, 60_000);
});

describe('an activity that fails in a way nobody foresaw', () => {
  it('is tried again and gets through when the fault passes', async () => {
    const run = await failing(3, new TypeError('x is undefined'));
    expect(run.state).toBe('COMPLETE');
  }, 60_000);

  it('has its task given up once that has lasted, counted from the first fault', async () => {
    const run = await failing(Infinity, new TypeError('x is undefined'));
    const [first = 0, last = 0] = [run.calls.at(0), run.calls.at(-1)];
    expect(run.state).toBe('SYSTEM_ERROR');
    expect(run.calls.length).toBeGreaterThanOrEqual(5);
    expect(last - first).toBeGreaterThanOrEqual(PATIENCE_MS);
  }, 120_000);
});
