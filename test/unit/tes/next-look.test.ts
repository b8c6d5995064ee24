import { describe, expect, it } from '@jest/globals';

import { firstLookInMs, type LookFacts, nextLook } from '../../../src/tes/next-look.ts';
import type { NodeObservation } from '../../../src/tes/observation.ts';
import { anUnscheduledPod, aPod, recorded, RUNNING, waiting } from '../../support/observations.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const OPENED = Date.parse('2026-11-21T10:00:00Z');

/** Ended its `inputs` at 10:00:07. */
const INPUTS_ENDED = OPENED + 7 * SECOND;
const DONE = recorded({ startedAt: '2026-11-21T10:00:05Z', endedAt: '2026-11-21T10:00:07Z' });
const PULLING = aPod({ inputs: DONE, executors: [waiting('ErrImagePull', 'no such host')] });
const NO_IMAGE = aPod({ inputs: DONE, executors: [waiting('InvalidImageName', 'what is this')] });
const RUNNING_POD = aPod({ inputs: DONE, executors: [RUNNING] });

const RULES: LookFacts['rules'] = {
  deadlines: { queueMs: HOUR, pullMs: 30 * MINUTE, totalMs: 10 * HOUR },
  patienceMs: 30 * SECOND,
  nodeLostMs: 20 * MINUTE,
  graceMs: 30 * SECOND,
};

function facts(more: Partial<LookFacts> = {}): LookFacts {
  return {
    task: { createdAt: new Date(OPENED) },
    attempt: { number: 1, openedAt: new Date(OPENED), podUid: 'pod-uid' },
    pod: RUNNING_POD,
    node: undefined,
    rules: RULES,
    now: INPUTS_ENDED,
    ...more,
  };
}

function withIntent(intent: LookFacts['attempt']['intent']): LookFacts['attempt'] {
  return { number: 1, openedAt: new Date(OPENED), podUid: 'pod-uid', intent };
}

function aLostNode(minutes: number, now: number): NodeObservation {
  const notReadySince = new Date(now - minutes * MINUTE).toISOString();
  return { name: 'node', uid: 'node-uid', ready: false, notReadySince, outOfService: false };
}

describe('the next look at a pod', () => {
  it('is at the total deadline while an executor runs', () => {
    expect(nextLook(facts())).toEqual({
      kind: 'wait',
      seen: 'fresh',
      wakeInMs: OPENED + 10 * HOUR - INPUTS_ENDED,
    });
  });

  it('deletes a pod whose deadline passed, and says what it waited for', () => {
    const now = OPENED + 10 * HOUR;
    const intent = {
      kind: 'deadline',
      deadline: 'total',
      message: 'The total deadline of the task passed.',
    };
    expect(nextLook(facts({ now }))).toEqual({ kind: 'delete', intent });
  });

  it('watches a pull that may heal with patience, counted from the turn of the stage', () => {
    expect(nextLook(facts({ pod: PULLING, now: INPUTS_ENDED + 10 * SECOND }))).toEqual({
      kind: 'wait',
      seen: 'trouble',
      wakeInMs: 20 * SECOND,
    });
  });

  it('deletes a pod whose pull has not healed, and leaves room for another attempt', () => {
    const look = nextLook(facts({ pod: PULLING, now: INPUTS_ENDED + 30 * SECOND }));
    expect(look).toMatchObject({ kind: 'delete', intent: { kind: 'trouble', final: false } });
  });

  it('deletes a pod of a bad task at once and for good', () => {
    const look = nextLook(facts({ pod: NO_IMAGE }));
    expect(look).toMatchObject({
      kind: 'delete',
      intent: { kind: 'trouble', code: 'ImageInvalid', final: true },
    });
  });

  it('asks again for a delete that was recorded but never reached Kubernetes', () => {
    const attempt = withIntent({ kind: 'cancel' });
    expect(nextLook(facts({ attempt }))).toEqual({ kind: 'delete', intent: { kind: 'cancel' } });
  });

  it('sends a delete of our own for a pod that somebody else deleted before it had a node', () => {
    const pod = anUnscheduledPod({ deletedAt: '2026-11-21T10:00:03Z' });
    const intent = { kind: 'clean-up' };
    expect(nextLook(facts({ pod }))).toEqual({ kind: 'delete', intent });
  });
});

describe('an attempt whose pod cannot be made', () => {
  const attempt = { number: 1, openedAt: new Date(OPENED) };

  it('ends with the deadline that passed, without a wait for the proof of a death', () => {
    const now = OPENED + HOUR;
    const intent = { kind: 'deadline', deadline: 'queue' };
    expect(nextLook(facts({ attempt, pod: undefined, now }))).toEqual({ kind: 'delete', intent });
  });

  it('is looked at when its next deadline may pass, as long as none has', () => {
    const look = nextLook(facts({ attempt, pod: undefined, now: OPENED + HOUR - MINUTE }));
    expect(look).toMatchObject({ kind: 'wait', wakeInMs: MINUTE });
  });
});

describe('a pod whose death nobody can prove', () => {
  const deletedAt = '2026-11-21T10:00:37Z';
  /** Kubernetes adds the grace to the moment of the request. */
  const deletedMs = Date.parse(deletedAt) - RULES.graceMs;

  it('is given up after grace and 30 s when it was to be canceled', () => {
    const attempt = withIntent({ kind: 'cancel' });
    const pod = aPod({ inputs: DONE, executors: [RUNNING] }, { deletedAt });
    const patience = RULES.graceMs + 30 * SECOND;

    expect(nextLook(facts({ attempt, pod, now: deletedMs + patience - 1 }))).toMatchObject({
      kind: 'wait',
    });
    expect(nextLook(facts({ attempt, pod, now: deletedMs + patience }))).toEqual({
      kind: 'give-up',
    });
  });

  it('is waited for when its node is lost, from the moment the node was not ready', () => {
    const now = INPUTS_ENDED;
    expect(nextLook(facts({ node: aLostNode(19, now), now }))).toMatchObject({
      kind: 'wait',
      seen: 'node-lost',
      wakeInMs: MINUTE,
    });
    expect(nextLook(facts({ node: aLostNode(20, now), now }))).toEqual({ kind: 'give-up' });
  });

  it('is waited for when it is gone, and every look hands on since when', () => {
    const first = nextLook(facts({ pod: undefined }));
    expect(first).toMatchObject({ kind: 'wait', seen: 'gone', goneSince: INPUTS_ENDED });

    const later = INPUTS_ENDED + 20 * MINUTE;
    expect(nextLook(facts({ pod: undefined, goneSince: INPUTS_ENDED, now: later }))).toEqual({
      kind: 'give-up',
    });
  });

  it('is looked for more and more rarely', () => {
    const wakes = [0, 1, 10].map((minutes) =>
      nextLook(
        facts({
          pod: undefined,
          goneSince: INPUTS_ENDED,
          now: INPUTS_ENDED + minutes * MINUTE,
        }),
      ),
    );
    expect(wakes).toMatchObject([
      { wakeInMs: 5 * SECOND },
      { wakeInMs: 30 * SECOND },
      { wakeInMs: 5 * MINUTE },
    ]);
  });
});

describe('the first look', () => {
  const task = { createdAt: new Date(OPENED) };
  const attempt = { number: 1, openedAt: new Date(OPENED) };

  it('is when a pull that begins at once could be overdue', () => {
    expect(firstLookInMs({ task, attempt, rules: RULES, now: OPENED })).toBe(30 * MINUTE);
  });

  it('is now when the queue deadline passed before there was a pod', () => {
    expect(firstLookInMs({ task, attempt, rules: RULES, now: OPENED + HOUR })).toBe(0);
  });
});
