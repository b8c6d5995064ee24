import { beforeAll, describe, expect, it } from '@jest/globals';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, Runtime } from '@temporalio/worker';

import { replayHistories, type ReplayOutcome } from '../../src/temporal/replay.ts';
import { type Json, readHistories, toRecordedRun } from '../support/recorded-history.ts';

const histories = readHistories();

/** The history with another text in the place of one that it must hold. */
function edited(name: string, from: string, to: string): Json {
  const text = JSON.stringify(histories.get(name));
  if (!text.includes(from)) throw new Error(`${name} does not hold ${from}`);
  return JSON.parse(text.replace(from, to)) as Json;
}

const SUCCESS = 'run-task.success.v0.1.0';
const CHANGED: readonly [string, Json, RegExp][] = [
  [
    'asked for another activity',
    edited(SUCCESS, '"settleAttempt"', '"concludeAttempt"'),
    /^\[TMPRL1100\] .*'concludeAttempt' does not match .*'settleAttempt'$/,
  ],
  [
    'gave awaitPod another id',
    edited(SUCCESS, '"activityId":"await-1"', '"activityId":"wait-1"'),
    /^\[TMPRL1100\] .*'wait-1' does not match .*'await-1'$/,
  ],
  [
    'started no timer',
    edited(SUCCESS, 'EVENT_TYPE_TIMER_STARTED', 'EVENT_TYPE_MARKER_RECORDED'),
    /HistoryEvent\(id: 12, MarkerRecorded\)/,
  ],
];

const outcomes: ReplayOutcome[] = [];

beforeAll(async () => {
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  });
  const all = [...histories.values(), ...CHANGED.map(([, json]) => json)];
  for await (const outcome of replayHistories(all.map(toRecordedRun))) outcomes.push(outcome);
});

describe('recorded histories', () => {
  it.each([...histories.keys()].map((name, index) => ({ name, index })))(
    'today’s workflow code does what $name recorded',
    ({ index }) => {
      expect(outcomes[index]?.workflowId).toEqual(expect.any(String));
      expect(outcomes[index]?.mismatch).toBeUndefined();
    },
  );

  it('tell nothing of the machine they were made on', () => {
    const text = JSON.stringify([...histories.values()]);
    const told = [...text.matchAll(/"(?:identity|buildId)":"([^"]*)"/g)].map(([, value]) => value);
    expect(new Set(told)).toEqual(new Set(['worker', 'build']));
  });

  it('are there for every way a task can take', () => {
    const scenarios = [...histories.keys()].map((name) => name.split('.')[1]);
    expect(scenarios).toEqual(
      expect.arrayContaining([
        'await-timed-out',
        'bad-image',
        'cancel-before-pod',
        'cancel-twice-from-temporal',
        'cancel-while-no-pod-can-be-made',
        'cancel-while-running',
        'drained',
        'evicted-new-attempt',
        'executor-error',
        'image-pull-error-three-attempts',
        'input-missing',
        'node-deleted',
        'node-silent-given-up',
        'out-of-memory',
        'pod-deleted-new-attempt',
        'preempted',
        'pull-deadline',
        'queue-deadline',
        'reset',
        'success',
        'total-deadline',
      ]),
    );
  });

  it.each(CHANGED.map(([title, , message], index) => ({ title, message, index })))(
    'of workflow code that $title are reported as nondeterministic',
    ({ message, index }) => {
      expect(outcomes[histories.size + index]?.mismatch?.message).toMatch(message);
    },
  );
});

describe('a mismatch', () => {
  it('names the first event that does not fit, when the SDK does', () => {
    expect(outcomes.at(-1)?.mismatch?.eventId).toBe(12);
  });
});

describe('protobufjs', () => {
  it('is one copy, so that histories can be turned into JSON', () => {
    expect(historyToJSON({ events: [] })).toBe('{}');
  });
});
