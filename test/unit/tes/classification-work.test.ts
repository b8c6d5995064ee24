import { describe, expect, it } from '@jest/globals';

import { classify } from '../../../src/tes/classification.ts';
import type { Evidence } from '../../../src/tes/evidence.ts';
import {
  aFinishedPod,
  aPod,
  aReport,
  ended,
  evidence,
  forgiving,
  ranTo,
  recorded,
  SKIPPED,
  waiting,
} from '../../support/observations.ts';
import { expectVerdicts } from '../../support/verdicts.ts';

const FAILED = { phase: 'Failed' } as const;
const DELETED = { ...FAILED, deletedAt: '2026-11-21T11:00:00Z' } as const;
const OOM = ended({ exitCode: 137, reason: 'OOMKilled' });
const KILLED = { startedAt: '2026-11-21T10:00:05Z', endedAt: '2026-11-21T10:00:08Z', killed: true };

/** A pod whose first executor was killed as a whole, started again by the kubelet, and went on. */
const afterKill = (last = OOM) =>
  aPod(
    {
      executors: [{ state: recorded(KILLED), restarts: 1, last }],
      outputs: recorded({ complete: true }),
    },
    { phase: 'Succeeded' },
  );

describe('success', () => {
  expectVerdicts(
    [
      [
        'a complete report',
        evidence({ pod: aFinishedPod([ranTo(0)]), report: aReport() }),
        'Complete',
        /uploaded/,
      ],
      ['the statuses alone', evidence({ pod: aFinishedPod([ranTo(0)]) }), 'Complete', /uploaded/],
      [
        'the report alone, when the pod is gone',
        evidence({ report: aReport() }),
        'Complete',
        /uploaded/,
      ],
      [
        'an ignored exit code',
        forgiving({ pod: aFinishedPod([ranTo(3), ranTo(0)]) }),
        'Complete',
        /uploaded/,
      ],
      ['an ignored OOM kill', forgiving({ pod: afterKill() }), 'Complete', /uploaded/],
      [
        'an executor that ended with 0 although a child of it was OOM-killed',
        evidence({
          pod: aPod(
            {
              executors: [{ ...recorded(ranTo(0)), reason: 'OOMKilled' }],
              outputs: recorded({ complete: true }),
            },
            { phase: 'Succeeded' },
          ),
        }),
        'Complete',
        /uploaded/,
      ],
      [
        'work that was done before a cancel reached it',
        evidence({ pod: aFinishedPod([ranTo(0)], DELETED), intent: { kind: 'cancel' } }),
        'Complete',
        /uploaded/,
      ],
      [
        'work that was done before its pod was evicted and its node lost',
        evidence({
          pod: aFinishedPod([ranTo(0)], {
            ...DELETED,
            reason: 'Evicted',
            disruption: 'DeletionByPodGC',
          }),
          node: 'gone',
        }),
        'Complete',
        /uploaded/,
      ],
      [
        'work whose outputs stage was done before it was killed',
        evidence({
          report: aReport(),
          pod: aPod(
            { executors: [recorded(ranTo(0))], outputs: ended({ exitCode: 137 }) },
            DELETED,
          ),
        }),
        'Complete',
        /uploaded/,
      ],
    ],
    { class: 'success', state: 'COMPLETE', retryable: false },
  );
});

describe('the failure of an executor', () => {
  const failed = (pod: Evidence['pod'], more: Partial<Evidence> = {}) => evidence({ pod, ...more });

  expectVerdicts(
    [
      [
        'names executor, image and exit code',
        failed(aFinishedPod([ranTo(3)])),
        'ExecutorFailed',
        /^Executor 0 \(image busybox:1\) ended with exit code 3\.$/,
      ],
      [
        'explains 127',
        failed(aFinishedPod([ranTo(127)])),
        'ExecutorFailed',
        /not found in the image/,
      ],
      ['explains 126', failed(aFinishedPod([ranTo(126)])), 'ExecutorFailed', /cannot be executed/],
      [
        'names the signal',
        failed(aFinishedPod([ranTo(139, { signal: 11 })])),
        'ExecutorFailed',
        /exit code 139 after signal 11 \(SIGSEGV\)/,
      ],
      [
        'is the earliest unignored one',
        forgiving({ pod: aFinishedPod([ranTo(1), ranTo(2), SKIPPED]) }),
        'ExecutorFailed',
        /^Executor 1 .* exit code 2\./,
      ],
      [
        'stays one when the upload failed as well',
        failed(aFinishedPod([ranTo(3)]), {
          report: aReport({
            executors: [{ index: 0, ...ranTo(3) }],
            failure: { code: 'TransferFailed', message: 'The storage did not answer.' },
          }),
        }),
        'ExecutorFailed',
        /exit code 3/,
      ],
      [
        'stays one when its files could not be collected afterwards',
        failed(
          aFinishedPod([ranTo(3, { failure: { code: 'FileUnplaceable', message: 'No room.' } })]),
        ),
        'ExecutorFailed',
        /exit code 3/,
      ],
      [
        'is an OOM kill of the whole container, with the limit',
        failed(afterKill()),
        'OutOfMemory',
        /^Executor 0 \(image busybox:1\) was killed .* limit of 512 MB \(exit code 137\); .*ram_gb\.$/,
      ],
      [
        'is an OOM kill that only the watcher saw',
        failed(afterKill(ended({ exitCode: 137 })), { oomKilled: new Set(['executor-0']) }),
        'OutOfMemory',
        /512 MB/,
      ],
      [
        'is an OOM kill after which nothing was started again',
        failed(aPod({ executors: [OOM] }, FAILED)),
        'OutOfMemory',
        /512 MB/,
      ],
      [
        'is an OOM kill of the command alone, when its shim survived',
        failed(
          aPod(
            {
              executors: [{ ...recorded(ranTo(137, { signal: 9 })), reason: 'OOMKilled' }],
              outputs: recorded({ complete: true }),
            },
            { phase: 'Succeeded' },
          ),
        ),
        'OutOfMemory',
        /512 MB/,
      ],
      [
        'mentions a child that was OOM-killed',
        failed(aFinishedPod([ranTo(1)]), { oomKilled: new Set(['executor-0']) }),
        'ExecutorFailed',
        /exit code 1\. One of its processes was killed because the memory limit of 512 MB/,
      ],
      [
        'is not mistaken for an OOM kill of another executor',
        failed(aFinishedPod([ranTo(0), ranTo(137, { signal: 9 })]), {
          oomKilled: new Set(['executor-0']),
        }),
        'ExecutorFailed',
        /^Executor 1 .* signal 9 \(SIGKILL\)\.$/,
      ],
      [
        'is not hidden by a later image that cannot be pulled',
        failed(
          aPod({ executors: [recorded(ranTo(3)), waiting('ErrImagePull', 'not found')] }, DELETED),
          {
            intent: {
              kind: 'trouble',
              code: 'ImageNotFound',
              message: 'No such image.',
              final: true,
            },
          },
        ),
        'ExecutorFailed',
        /^Executor 0 .* exit code 3/,
      ],
      [
        'is not hidden by an outputs stage of ours that kept crashing',
        failed(aPod({ executors: [recorded(ranTo(3))] }, DELETED), {
          intent: { kind: 'trouble', code: 'StageCrashed', message: 'Crashed.', final: false },
        }),
        'ExecutorFailed',
        /exit code 3/,
      ],
    ],
    { class: 'executor-failure', state: 'EXECUTOR_ERROR', retryable: false },
  );

  it('does without a memory limit', () => {
    const given = {
      ...evidence({ pod: afterKill() }),
      executors: [{ ignoreError: false, image: 'x' }],
    };
    expect(classify(given).message).toMatch(/needed more memory than its limit \(exit code 137\)/);
  });
});

describe('a lost record', () => {
  expectVerdicts(
    [
      [
        'of the only executor',
        evidence({ pod: aFinishedPod([{}]) }),
        'RecordLost',
        /not run again/,
      ],
      [
        'of an executor after which others were skipped',
        evidence({ pod: aFinishedPod([{}, SKIPPED]) }),
        'RecordLost',
        /lost/,
      ],
      [
        'that made outputs upload only what it found',
        evidence({ report: aReport({ complete: false }), pod: aFinishedPod([ranTo(0)]) }),
        'RecordLost',
        /lost/,
      ],
    ],
    { class: 'infrastructure', state: 'SYSTEM_ERROR', retryable: false },
  );

  it('does no harm when a later executor ran, which it would not have after a failure', () => {
    expect(classify(evidence({ pod: aFinishedPod([{}, ranTo(0)]) })).code).toBe('Complete');
  });

  it('of a report is made good by the messages', () => {
    const pod = aFinishedPod([ranTo(0), ranTo(4), SKIPPED]);
    expect(classify(evidence({ pod })).message).toMatch(/^Executor 1 .* exit code 4/);
  });
});

describe('what a user writes into the termination message', () => {
  it('is not believed when the container was killed before its shim wrote last', () => {
    const forged = { ...OOM, message: JSON.stringify(ranTo(0)) };
    const pod = aPod({ executors: [forged] }, FAILED);
    expect(classify(evidence({ pod })).code).toBe('OutOfMemory');
  });
});
