import { describe, expect, it } from '@jest/globals';

import { classify } from '../../../src/tes/classification.ts';
import {
  aFinishedPod,
  anUnscheduledPod,
  aPod,
  aReport,
  ended,
  evidence,
  forgiving,
  INPUTS_DONE,
  NODE,
  NOT_YET,
  ranTo,
  recorded,
  RUNNING,
  SKIPPED,
  waiting,
} from '../../support/observations.ts';
import { expectVerdicts } from '../../support/verdicts.ts';

const FAILED = { phase: 'Failed' } as const;
const DELETED = { ...FAILED, deletedAt: '2026-11-21T11:00:00Z' } as const;
const OOM = ended({ exitCode: 137, reason: 'OOMKilled' });
const KILLED = { startedAt: '2026-11-21T10:00:05Z', endedAt: '2026-11-21T10:00:08Z', killed: true };
const TERMED = recorded(ranTo(143, { signal: 15, signalled: true }), 143);

/** A pod whose first executor was killed as a whole, started again by the kubelet, and went on. */
const afterKill = (last = OOM) =>
  aPod(
    {
      executors: [{ state: recorded(KILLED), restarts: 1, last }],
      outputs: recorded({ complete: true }),
    },
    { phase: 'Succeeded' },
  );

/** The same pod, in which `inputs` had ended badly once and began again at that time. */
function afterInputsBeganAt(startedAt: string) {
  const crashed = ended({ exitCode: 137 });
  const inputs = { state: { ...recorded(INPUTS_DONE), startedAt }, restarts: 1, last: crashed };
  const executors = [{ state: recorded(KILLED), restarts: 1, last: ended({ exitCode: 137 }) }];
  const outputs = recorded({ complete: true });
  return aPod({ inputs, executors, outputs }, { phase: 'Succeeded' });
}

const evicted = (message: string) =>
  evidence({ pod: aPod({ executors: [TERMED] }, { ...FAILED, reason: 'Evicted', message }) });

describe('a bad task', () => {
  const inputFailure = { code: 'InputNotFound', message: 's3://b/k does not exist.' } as const;
  const withoutInput = recorded({ ...INPUTS_DONE, failure: inputFailure });

  expectVerdicts(
    [
      [
        'has an input that does not exist',
        evidence({
          report: aReport({
            inputs: { ...INPUTS_DONE, failure: inputFailure },
            executors: [{ index: 0, ...SKIPPED }],
          }),
        }),
        'InputNotFound',
        /^s3:\/\/b\/k does not exist\.$/,
      ],
      [
        'has such an input even when only messages are left',
        evidence({
          pod: aPod(
            {
              inputs: withoutInput,
              executors: [recorded(SKIPPED)],
              outputs: recorded({ complete: true }),
            },
            { phase: 'Succeeded' },
          ),
        }),
        'InputNotFound',
        /s3:/,
      ],
      [
        'has such an input before it has an image that cannot be pulled',
        evidence({
          pod: aPod({ inputs: withoutInput, executors: [waiting('ErrImagePull')] }, DELETED),
          intent: {
            kind: 'trouble',
            code: 'ImageNotFound',
            message: 'No such image.',
            final: true,
          },
        }),
        'InputNotFound',
        /s3:/,
      ],
      [
        'did not write a declared output',
        evidence({
          report: aReport({
            failure: { code: 'OutputMissing', message: '/work/out was not written.' },
          }),
        }),
        'OutputMissing',
        /work\/out/,
      ],
      [
        'has a failure whose sentence was cut away',
        evidence({ pod: aFinishedPod([{ failure: { code: 'WorkdirUnusable', message: '' } }]) }),
        'WorkdirUnusable',
        /working directory/,
      ],
      [
        'cannot read its standard input, even when errors are ignored',
        forgiving({
          pod: aFinishedPod([{ failure: { code: 'StdinMissing', message: '/in is missing.' } }]),
        }),
        'StdinMissing',
        /\/in/,
      ],
      [
        'was deleted for its image',
        evidence({
          pod: aPod({ executors: [waiting('InvalidImageName')] }, DELETED),
          intent: { kind: 'trouble', code: 'ImageInvalid', message: 'Not an image.', final: true },
        }),
        'ImageInvalid',
        /^Not an image\.$/,
      ],
      [
        'has a pod that Kubernetes refused',
        evidence({
          intent: { kind: 'trouble', code: 'PodRefused', message: 'Refused.', final: true },
        }),
        'PodRefused',
        /^Refused\.$/,
      ],
      [
        'has an image that does not exist',
        evidence({ pod: aPod({ executors: [waiting('ErrImagePull', 'manifest unknown')] }) }),
        'ImageNotFound',
        /busybox:1/,
      ],
      [
        'used more disk than it asked for',
        evicted('Usage of EmptyDir volume "scratch" exceeds the limit "1Gi". '),
        'DiskLimitExceeded',
        /by resources\.disk_gb \(node node1\): Usage of .* "scratch" exceeds the limit "1Gi"\.$/,
      ],
      [
        'wrote too much beside its own files',
        evicted('Pod ephemeral local storage usage exceeds the total limit of containers 2Gi. '),
        'DiskLimitExceeded',
        /than 1 GiB beside resources\.disk_gb \(node node1\): .* total limit of containers 2Gi\.$/,
      ],
      [
        'filled the directory of its records, which says nothing of disk_gb',
        evicted('Usage of EmptyDir volume "records" exceeds the limit "256Mi". '),
        'RecordLimitExceeded',
        /^(?!.*disk_gb)An executor filled \/\.orrery\/record.* exceeds the limit "256Mi"\.$/,
      ],
    ],
    { class: 'bad-task', state: 'SYSTEM_ERROR', retryable: false },
  );
});

describe('an infrastructure failure', () => {
  const term = (more: object) =>
    evidence({ pod: aPod({ executors: [TERMED] }, { ...FAILED, ...more }) });

  expectVerdicts(
    [
      [
        'is an eviction by a node that ran short',
        term({ reason: 'Evicted', message: 'The node was low on resource: memory. ' }),
        'Evicted',
        /short of memory .*\(node node1\).*: The node was low on resource: memory\.$/,
      ],
      [
        'is a preemption by the scheduler',
        term({ disruption: 'PreemptionByScheduler' }),
        'Preempted',
        /higher priority/,
      ],
      [
        'is a preemption by the kubelet',
        term({ reason: 'Preempting' }),
        'Preempted',
        /higher priority/,
      ],
      [
        'is a drain',
        term({ disruption: 'EvictionByEvictionAPI', deletedAt: 'x' }),
        'Drained',
        /drained/,
      ],
      ['is a taint', term({ disruption: 'DeletionByTaintManager' }), 'NodeTainted', /taint/],
      ['is a shutdown of the node', term({ reason: 'Terminated' }), 'NodeShutdown', /shut down/],
      [
        'is a node that refuses the pod',
        evidence({ pod: aPod({ inputs: NOT_YET }, { ...FAILED, reason: 'OutOfcpu' }) }),
        'NodeRefused',
        /refused/,
      ],
      [
        'is a disruption of a kind nobody knew yet',
        term({ disruption: 'NewReason' }),
        'Evicted',
        /ended the pod/,
      ],
      [
        'is a pod deleted by someone',
        term({ deletedAt: '2026-11-21T11:00:00Z' }),
        'PodDeleted',
        /someone else/,
      ],
      ['is a pod deleted and gone', evidence({}), 'PodDeleted', /someone else/],
      ['is a pod that went with its node', evidence({ node: 'gone' }), 'NodeLost', /gone/],
      [
        'is a node that does not answer',
        evidence({ pod: aPod({ executors: [RUNNING] }), node: { ...NODE, ready: false } }),
        'NodeLost',
        /node node1/,
      ],
      [
        'is a clean-up that came before the end',
        evidence({ pod: aPod({ executors: [TERMED] }, DELETED), intent: { kind: 'clean-up' } }),
        'PodRemoved',
        /The pod was removed/,
      ],
      ['is a SIGTERM from nobody known', term({}), 'Interrupted', /asked to stop/],
      [
        'is a SIGTERM that the command answered with 0',
        evidence({ pod: aFinishedPod([ranTo(0, { signalled: true }), SKIPPED]) }),
        'Interrupted',
        /asked to stop/,
      ],
      [
        'is a sandbox that was made anew, which starts the stages from the first one',
        evidence({ pod: afterInputsBeganAt('2026-11-21T10:00:09Z') }),
        'SandboxLost',
        /all of its pod.*\(node node1\)/,
      ],
      [
        'is a container that was killed alone, after inputs had crashed once before it began',
        evidence({ pod: afterInputsBeganAt('2026-11-21T10:00:03Z') }),
        'ContainerKilled',
        /killed together with its container/,
      ],
      [
        'is a kill that no OOM explains',
        evidence({ pod: afterKill(ended({ exitCode: 137 })) }),
        'ContainerKilled',
        /^Executor 0 .* killed together with its container/,
      ],
      [
        'is such a kill even with ignore_error',
        forgiving({ pod: afterKill(ended({ exitCode: 255, reason: 'Unknown' })) }),
        'ContainerKilled',
        /killed/,
      ],
      [
        'is such a kill after which nothing was started again',
        evidence({ pod: aPod({ executors: [ended({ exitCode: 137 })] }, FAILED) }),
        'ContainerKilled',
        /killed/,
      ],
      [
        'is a transfer that failed',
        evidence({
          report: aReport({ failure: { code: 'TransferFailed', message: 'No answer.' } }),
        }),
        'TransferFailed',
        /^No answer\.$/,
      ],
      [
        'is an image that may come',
        evidence({ pod: aPod({ executors: [waiting('ErrImagePull', 'dial tcp: no such host')] }) }),
        'ImagePullFailed',
        /no such host/,
      ],
      [
        'is trouble of our own stage',
        evidence({
          pod: aPod({}, DELETED),
          intent: { kind: 'trouble', code: 'StageCrashed', message: 'Crashed.', final: false },
        }),
        'StageCrashed',
        /^Crashed\.$/,
      ],
      [
        'is what nobody can explain, with all that is known',
        evidence({
          pod: aPod({ executors: [ended({ exitCode: 1 })] }, { ...FAILED, reason: 'Odd' }),
        }),
        'Unexplained',
        /phase Failed, reason Odd, inputs ended with 0 Completed, executor-0 ended with 1 Error, outputs waiting/,
      ],
    ],
    { class: 'infrastructure', state: 'SYSTEM_ERROR', retryable: true },
  );

  it('comes before an executor failure of a task whose outputs were not uploaded yet', () => {
    const pod = aPod({ executors: [recorded(ranTo(3))] }, { ...FAILED, reason: 'Evicted' });
    expect(classify(evidence({ pod })).code).toBe('Evicted');
  });

  it('is not seen in a node that was lost after the pod had ended', () => {
    const pod = aPod(
      { executors: [recorded(ranTo(3))], outputs: ended({ exitCode: 137 }) },
      FAILED,
    );
    expect(classify(evidence({ pod, node: 'gone' })).code).toBe('ExecutorFailed');
  });
});

describe('our own delete', () => {
  const deleted = aPod({ executors: [TERMED] }, DELETED);

  it('for a cancel is CANCELED, whatever the executor answered', () => {
    const reason = { kind: 'cancel' } as const;
    const canceled = { class: 'canceled', code: 'Canceled', state: 'CANCELED', retryable: false };
    expect(classify(evidence({ pod: deleted, intent: reason }))).toMatchObject(canceled);
    expect(classify(evidence({ intent: reason }))).toMatchObject(canceled);
    const failed = aPod({ executors: [recorded(ranTo(1))] }, DELETED);
    expect(classify(evidence({ pod: failed, intent: reason }))).toMatchObject(canceled);
  });

  it.each([
    [
      'queue',
      'QueueDeadlineExceeded',
      anUnscheduledPod({ unschedulable: '0/1 nodes are available: 1 Insufficient cpu.' }),
      /found a node for the task: 0\/1 nodes .* Insufficient cpu\.$/,
    ],
    [
      'pull',
      'PullDeadlineExceeded',
      aPod({ executors: [waiting('ContainerCreating')] }),
      /executor-0 \(image busybox:1\) waits with ContainerCreating\.$/,
    ],
    ['total', 'TotalDeadlineExceeded', deleted, /^The total deadline of the task passed\.$/],
  ] as const)('for the %s deadline is final and named', (kind, code, pod, message) => {
    const verdict = classify(evidence({ pod, intent: { kind: 'deadline', deadline: kind } }));
    expect(verdict).toMatchObject({
      class: 'deadline',
      code,
      state: 'SYSTEM_ERROR',
      retryable: false,
    });
    expect(verdict.message).toMatch(message);
  });

  it('tells a deadline in the words that were found before the pod was deleted', () => {
    const message = 'The pull deadline passed before the image was there.';
    const intent = { kind: 'deadline', deadline: 'pull', message } as const;
    expect(classify(evidence({ pod: deleted, intent }))).toMatchObject({
      code: 'PullDeadlineExceeded',
      message,
    });
  });

  it.each([
    [
      'volumeless',
      anUnscheduledPod({ unschedulable: 'pod has unbound immediate PersistentVolumeClaims' }),
      'queue',
      /before the volumes of the pod were there/,
    ],
    ['unprepared', aPod({ inputs: NOT_YET }, { unprepared: true }), 'pull', /mounted the volumes/],
    ['refused', undefined, 'queue', /took the pod of the task: exceeded quota\.$/],
  ] as const)('says what a pod waited for that was %s', (_, pod, kind, message) => {
    const intent = { kind: 'deadline', deadline: kind } as const;
    expect(classify(evidence({ pod, intent, refusal: 'exceeded quota' })).message).toMatch(message);
  });

  it('leaves the backstop of Kubernetes a deadline, too', () => {
    const pod = aPod(
      { executors: [ended({ exitCode: 137 })] },
      { ...FAILED, reason: 'DeadlineExceeded' },
    );
    expect(classify(evidence({ pod }))).toMatchObject({ class: 'deadline', retryable: false });
  });
});

describe('PREEMPTED', () => {
  const pod = aPod({ executors: [TERMED] }, { ...FAILED, disruption: 'PreemptionByScheduler' });

  it.each([
    ['PREEMPTED', 'preemptible without retries', true, false],
    ['SYSTEM_ERROR', 'preemptible with retries', true, true],
    ['SYSTEM_ERROR', 'not preemptible', false, false],
  ] as const)('gives %s to a task that is %s', (state, _, preemptible, retriesOn) => {
    expect(classify(evidence({ pod, preemptible, retriesOn })).state).toBe(state);
  });

  it('is not given where no capacity was taken back', () => {
    const deleted = aPod({ executors: [TERMED] }, DELETED);
    const given = evidence({ pod: deleted, preemptible: true, retriesOn: false });
    expect(classify(given).state).toBe('SYSTEM_ERROR');
  });
});
