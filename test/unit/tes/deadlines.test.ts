import { describe, expect, it } from '@jest/globals';

import {
  type DeadlineFacts,
  DEADLINES,
  expiredDeadline,
  nearestDeadline,
} from '../../../src/tes/deadlines.ts';
import {
  anUnscheduledPod,
  aPod,
  ranTo,
  recorded,
  RUNNING,
  waiting,
} from '../../support/observations.ts';

const MINUTE = 60_000;
const LIMITS = { queueMs: 600 * MINUTE, pullMs: 30 * MINUTE, totalMs: 6000 * MINUTE };
const CREATED = Date.parse('2026-11-21T09:50:00Z');
const OPENED = Date.parse('2026-11-21T10:00:00Z');
const SCHEDULED = Date.parse('2026-11-21T10:00:01Z');
const INPUTS_ENDED = Date.parse('2026-11-21T10:00:07Z');

function facts(more: Partial<DeadlineFacts> = {}): DeadlineFacts {
  return {
    createdAt: new Date(CREATED),
    openedAt: new Date(OPENED),
    number: 1,
    now: OPENED,
    ...more,
  };
}

const CREATING = aPod({ inputs: waiting('ContainerCreating') });
const PULLING = aPod({ executors: [waiting('ErrImagePull')] });

describe('the queue deadline', () => {
  const limits = { queueMs: LIMITS.queueMs };

  it('counts from the creation of the task in its first attempt, from the opening in later ones', () => {
    expect(nearestDeadline(facts(), limits)).toEqual({
      kind: 'queue',
      at: CREATED + limits.queueMs,
    });
    expect(nearestDeadline(facts({ number: 2 }), limits)).toEqual({
      kind: 'queue',
      at: OPENED + limits.queueMs,
    });
  });

  it('runs until the pod is scheduled', () => {
    const late = { now: CREATED + limits.queueMs };
    const waits = facts({ ...late, pod: anUnscheduledPod() });
    expect(expiredDeadline(waits, limits)).toMatchObject({ kind: 'queue' });
    expect(expiredDeadline({ ...waits, now: waits.now - 1 }, limits)).toBeUndefined();
    expect(expiredDeadline(facts({ ...late, pod: CREATING }), limits)).toBeUndefined();
  });
});

describe('the pull deadline', () => {
  const limits = { pullMs: LIMITS.pullMs };

  it('counts from the moment at which it is the turn of the stage', () => {
    expect(nearestDeadline(facts({ pod: CREATING }), limits)).toEqual({
      kind: 'pull',
      at: SCHEDULED + limits.pullMs,
    });
    expect(nearestDeadline(facts({ pod: PULLING }), limits)).toEqual({
      kind: 'pull',
      at: INPUTS_ENDED + limits.pullMs,
    });
  });

  it('does not run while inputs are fetched, nor after the first executor has started', () => {
    const late = { now: SCHEDULED + 10 * limits.pullMs };
    expect(expiredDeadline(facts({ ...late, pod: PULLING }), limits)).toMatchObject({
      kind: 'pull',
    });
    expect(
      expiredDeadline(facts({ ...late, pod: aPod({ inputs: RUNNING }) }), limits),
    ).toBeUndefined();
    const second = aPod({ executors: [recorded(ranTo(0)), waiting('ErrImagePull')] });
    expect(expiredDeadline(facts({ ...late, pod: second }), limits)).toBeUndefined();
    expect(nearestDeadline(facts({ ...late, pod: second }), limits)).toBeUndefined();
  });

  it('asks for a look when a pull that began unseen could be overdue', () => {
    const soon = { kind: 'pull', at: OPENED + limits.pullMs };
    expect(nearestDeadline(facts(), limits)).toEqual(soon);
    expect(nearestDeadline(facts({ pod: anUnscheduledPod() }), limits)).toEqual(soon);
    expect(nearestDeadline(facts({ pod: aPod({ inputs: RUNNING }) }), limits)).toEqual(soon);
  });

  it('asks more and more rarely for a pod that queues for long', () => {
    let now = OPENED;
    let looks = 0;
    for (; now < OPENED + 7 * 24 * 60 * MINUTE; looks += 1) {
      now = nearestDeadline(facts({ now }), limits)?.at ?? Infinity;
    }
    expect(looks).toBeLessThan(45);
  });
});

describe('the total deadline', () => {
  it('counts from the creation of the task, whatever its pod does', () => {
    const pod = aPod({ executors: [RUNNING] });
    expect(nearestDeadline(facts({ pod, number: 3 }), LIMITS)).toEqual({
      kind: 'total',
      at: CREATED + LIMITS.totalMs,
    });
    const late = facts({ pod, now: CREATED + LIMITS.totalMs });
    expect(expiredDeadline(late, LIMITS)).toMatchObject({ kind: 'total' });
  });
});

describe('deadlines', () => {
  it('that are several passed are told by the earliest', () => {
    const late = facts({ pod: anUnscheduledPod(), now: CREATED + 2 * LIMITS.totalMs });
    expect(expiredDeadline(late, LIMITS)).toMatchObject({ kind: 'queue' });
  });

  it('without a limit never pass', () => {
    const late = facts({ now: Number.MAX_SAFE_INTEGER });
    expect(nearestDeadline(late, {})).toBeUndefined();
    expect(expiredDeadline(late, {})).toBeUndefined();
  });

  it('all have a clock start and an enforcer', () => {
    const rows = Object.values(DEADLINES);
    expect(new Set(rows.map(({ clockStart }) => clockStart)).size).toBe(4);
    expect(rows.filter(({ enforcer }) => enforcer === 'workflow')).toHaveLength(3);
  });
});
