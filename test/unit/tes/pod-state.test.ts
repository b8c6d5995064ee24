import { describe, expect, it } from '@jest/globals';

import { isWorse, podClass, startTimes, tesStateOf } from '../../../src/tes/pod-state.ts';
import {
  aFinishedPod,
  anUnscheduledPod,
  aPod,
  aReport,
  ended,
  INPUTS_DONE,
  NODE,
  ranTo,
  recorded,
  RUNNING,
  SKIPPED,
  waiting,
} from '../../support/observations.ts';

const INPUTS_FAILED = {
  ...INPUTS_DONE,
  failure: { code: 'InputNotFound', message: 'No such input.' },
} as const;
const PULLING = waiting('ErrImagePull', 'dial tcp: lookup registry: no such host');

describe('podClass', () => {
  it.each([
    ['gone', 'a pod that is not there', undefined, NODE],
    ['fresh', 'a pod that waits for a node', anUnscheduledPod(), undefined],
    ['fresh', 'a running pod', aPod({ executors: [RUNNING] }), NODE],
    [
      'fresh',
      'a running pod whose Node nobody asked for',
      aPod({ executors: [RUNNING] }),
      undefined,
    ],
    ['trouble', 'a failing image pull', aPod({ executors: [PULLING] }), NODE],
    ['node-lost', 'a Node that does not answer', aPod({}), { ...NODE, ready: false }],
    ['node-lost', 'a Node that is gone', aPod({ executors: [RUNNING] }), 'gone'],
    ['node-lost', 'a Node out of service', aPod({}), { ...NODE, outOfService: true }],
    [
      'node-lost',
      'a terminal phase without proof',
      aPod({ executors: [RUNNING] }, { phase: 'Failed' }),
      NODE,
    ],
    ['ended', 'a finished pod', aFinishedPod([ranTo(0)]), NODE],
    ['ended', 'a finished pod on a lost Node', aFinishedPod([ranTo(0)]), 'gone'],
    [
      'ended',
      'a deleted pod without a node',
      anUnscheduledPod({ deletedAt: '2026-11-21T11:00:00Z' }),
      undefined,
    ],
  ] as const)('is %s for %s', (expected, _, pod, node) => {
    expect(podClass(pod, node)).toBe(expected);
  });

  it('stays trouble while the pull flaps between its two reasons', () => {
    const classes = ['ErrImagePull', 'ImagePullBackOff'].map((reason) =>
      podClass(aPod({ executors: [waiting(reason, 'Back-off pulling image')] }), NODE),
    );
    expect(classes).toEqual(['trouble', 'trouble']);
  });

  it('only ever wakes a workflow for a class worse than the one it knows', () => {
    expect(isWorse('trouble', 'fresh')).toBe(true);
    expect(isWorse('ended', 'gone')).toBe(true);
    expect(isWorse('trouble', 'trouble')).toBe(false);
    expect(isWorse('fresh', 'node-lost')).toBe(false);
  });
});

describe('tesStateOf', () => {
  it.each([
    ['QUEUED', 'without a node', anUnscheduledPod()],
    ['INITIALIZING', 'while inputs are fetched', aPod({ inputs: RUNNING })],
    ['INITIALIZING', 'while the first image is pulled', aPod({ executors: [PULLING] })],
    [
      'INITIALIZING',
      'when the first executor could never be started',
      aPod({ executors: [ended({ exitCode: 128, reason: 'StartError' })] }),
    ],
    [
      'INITIALIZING',
      'when the first executor had nothing to run',
      aPod({ executors: [recorded(SKIPPED)] }),
    ],
    [
      'INITIALIZING',
      'while the first executor finds out that the inputs failed',
      aPod({ inputs: recorded(INPUTS_FAILED), executors: [RUNNING] }),
    ],
    ['RUNNING', 'once the first executor has started', aPod({ executors: [RUNNING] })],
    [
      'RUNNING',
      'while outputs are uploaded',
      aPod({ executors: [recorded(ranTo(0))], outputs: RUNNING }, { phase: 'Running' }),
    ],
    [
      'RUNNING',
      'when the first executor is started again after a kill',
      aPod({
        executors: [
          { state: waiting('CrashLoopBackOff'), restarts: 1, last: ended({ exitCode: 137 }) },
        ],
      }),
    ],
  ] as const)('is %s %s, whatever the phase', (expected, _, pod) => {
    expect(tesStateOf(pod)).toBe(expected);
  });
});

describe('startTimes', () => {
  it('knows no start of a task whose inputs failed, whatever started then', () => {
    const pod = aPod({ inputs: recorded(INPUTS_FAILED), executors: [RUNNING] });
    expect(startTimes(pod, undefined)).not.toHaveProperty('runningAt');
    const report = aReport({ inputs: INPUTS_FAILED });
    expect(startTimes(aPod({ executors: [RUNNING] }), report)).not.toHaveProperty('runningAt');
  });

  it('dates RUNNING by the record of the first executor, not by its last restart', () => {
    const pod = aPod({
      executors: [{ state: recorded(ranTo(0)), restarts: 1, last: ended({ exitCode: 137 }) }],
    });

    expect(startTimes(pod, undefined)).toEqual({
      initializingAt: new Date('2026-11-21T10:00:01Z'),
      runningAt: new Date('2026-11-21T10:00:05.123Z'),
    });
  });

  it('prefers the report and does without the pod', () => {
    expect(startTimes(undefined, aReport())).toEqual({
      initializingAt: new Date('2026-11-21T10:00:02Z'),
      runningAt: new Date('2026-11-21T10:00:05.123Z'),
    });
  });

  it('falls back to the first start that statuses know when the record is lost', () => {
    const first = ended({ exitCode: 137, startedAt: '2026-11-21T10:00:04Z' });
    const pod = aPod({ executors: [{ state: RUNNING, restarts: 1, last: first }] });
    expect(startTimes(pod, undefined).runningAt).toEqual(new Date('2026-11-21T10:00:04Z'));
    expect(startTimes(aPod({ executors: [RUNNING] }), undefined).runningAt).toEqual(
      new Date('2026-11-21T10:00:05Z'),
    );
  });

  it('says nothing of what did not happen', () => {
    expect(startTimes(anUnscheduledPod(), undefined)).toEqual({});
    expect(startTimes(aPod({ executors: [recorded(SKIPPED)] }), undefined)).toEqual({
      initializingAt: new Date('2026-11-21T10:00:01Z'),
    });
    const never = ended({ exitCode: 128, reason: 'StartError', startedAt: '1970-01-01T00:00:00Z' });
    expect(startTimes(aPod({ executors: [never] }), undefined).runningAt).toBeUndefined();
  });
});
