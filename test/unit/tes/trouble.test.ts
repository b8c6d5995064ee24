import { describe, expect, it } from '@jest/globals';

import type { ContainerObservation } from '../../../src/tes/observation.ts';
import { troubleOf } from '../../../src/tes/trouble.ts';
import {
  anUnscheduledPod,
  aPod,
  ended,
  NOT_YET,
  ranTo,
  recorded,
  RUNNING,
  waiting,
} from '../../support/observations.ts';

const pull = (text: string, reason = 'ErrImagePull') =>
  aPod({ executors: [waiting(reason, text)] });

const CONTAINERD = 'rpc error: code = Unknown desc = failed to pull and unpack image "a/b:1": ';

describe('an image pull', () => {
  it.each([
    ['ImageNotFound', `${CONTAINERD}failed to resolve reference "a/b:1": a/b:1: not found`],
    ['ImageNotFound', 'rpc error: code = NotFound desc = failed to pull and unpack image "a/b:1"'],
    ['ImageNotFound', 'reading manifest 1 in a/b: manifest unknown'],
    [
      'ImageDenied',
      `${CONTAINERD}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
    ],
    [
      'ImageDenied',
      `${CONTAINERD}unexpected status from HEAD request to https://r/v2/: 401 Unauthorized`,
    ],
    [
      'ImageDenied',
      `${CONTAINERD}failed to authorize: failed to fetch anonymous token: 403 Forbidden`,
    ],
  ])('ends as %s when the registry says so: %s', (code, text) => {
    expect(troubleOf(pull(text))).toMatchObject({ kind: 'bad-task', code });
  });

  it('is read the same in a back-off that repeats the error', () => {
    const text = 'Back-off pulling image "a/b:1": ErrImagePull: a/b:1: not found';
    expect(troubleOf(pull(text, 'ImagePullBackOff'))).toMatchObject({ code: 'ImageNotFound' });
  });

  it.each([
    ['a registry out of reach', `${CONTAINERD}dial tcp: lookup r on 10.0.0.1:53: no such host`],
    [
      'a refused connection',
      'Head "https://r/v2/": dial tcp 10.0.0.1:443: connect: connection refused',
    ],
    [
      'a rate limit',
      'failed to authorize: 429 Too Many Requests: toomanyrequests: unauthorized pulls are limited',
    ],
    ['a registry in trouble', 'unexpected status from HEAD request: 503 Service Unavailable'],
    [
      'a certificate',
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    ],
    ['a back-off without a reason', 'Back-off pulling image "a/b:1"'],
    ['nothing at all', ''],
  ])('may heal after %s', (_, text) => {
    expect(troubleOf(pull(text, 'ImagePullBackOff'))).toMatchObject({
      kind: 'healing',
      code: 'ImagePullFailed',
    });
  });

  it('of our own stage is never the fault of the task', () => {
    const pod = aPod({ inputs: waiting('ErrImagePull', 'orrery/shim:1: not found') });
    expect(troubleOf(pod)).toMatchObject({ kind: 'healing', code: 'ImageNotFound' });
  });

  it('tells image, stage and what Kubernetes said, and since when', () => {
    expect(troubleOf(pull('a/b:1: not found'))).toEqual({
      kind: 'bad-task',
      code: 'ImageNotFound',
      message:
        'The image busybox:1 of executor-0 does not exist in its registry: a/b:1: not found.',
      since: '2026-11-21T10:00:07Z',
    });
  });
});

describe('a container that cannot be made or started', () => {
  const crashLoop = (
    last = ended({ exitCode: 128, reason: 'StartError', message: 'exec: no user' }),
  ) => ({
    state: waiting('CrashLoopBackOff', 'back-off 10s restarting failed container'),
    restarts: 1,
    last,
  });

  it.each([
    ['ImageInvalid', waiting('InvalidImageName', 'couldn\'t parse image name "A B"')],
    ['ImageNotPresent', waiting('ErrImageNeverPull', 'Container image "x" is not present')],
    ['ImageSignatureInvalid', waiting('SignatureValidationFailed')],
    ['ContainerConfigInvalid', waiting('CreateContainerConfigError', 'image will run as root')],
    ['ContainerCreateFailed', waiting('CreateContainerError', 'mkdir /etc: not a directory')],
    ['ContainerStartFailed', waiting('RunContainerError', 'exec user process')],
    ['ContainerStartFailed', ended({ exitCode: 128, reason: 'StartError' })],
    ['ContainerStartFailed', crashLoop()],
  ])(
    "is %s: the fault of a user's image, of the infrastructure in our own stage",
    (code, stage) => {
      expect(troubleOf(aPod({ executors: [stage] }))).toMatchObject({ kind: 'bad-task', code });
      expect(troubleOf(aPod({ inputs: stage }))).toMatchObject({ kind: 'infrastructure', code });
    },
  );

  it('quotes the kubelet', () => {
    expect(troubleOf(aPod({ executors: [crashLoop()] }))?.message).toBe(
      'The image busybox:1 of executor-0 cannot be started: exec: no user.',
    );
  });

  it('may heal while the container runtime is short of something', () => {
    const busy = waiting('CreateContainerError', 'context deadline exceeded');
    expect(troubleOf(aPod({ executors: [busy] }))).toMatchObject({ kind: 'healing' });
    expect(troubleOf(aPod({ inputs: busy }))).toMatchObject({ kind: 'healing' });
  });
});

describe('a stage that is restarted', () => {
  const restarted = (restarts: number): Partial<ContainerObservation> => ({
    state: waiting('CrashLoopBackOff'),
    restarts,
    last: ended({ exitCode: 1 }),
  });

  it('is given up after the sixth restart', () => {
    expect(troubleOf(aPod({ executors: [restarted(5)] }))).toBeUndefined();
    expect(troubleOf(aPod({ executors: [restarted(6)] }))).toMatchObject({
      kind: 'bad-task',
      code: 'RestartLoop',
      message:
        'Executor 0 (image busybox:1) was restarted 6 times without getting through, last with exit code 1 (Error).',
    });
  });

  it('is the fault of the infrastructure when it is ours', () => {
    const pod = aPod({ executors: [recorded(ranTo(0))], outputs: restarted(6) });
    expect(troubleOf(pod)).toMatchObject({ kind: 'infrastructure', code: 'StageCrashed' });
  });
});

describe('no trouble', () => {
  it.each([
    ['waiting for a node', anUnscheduledPod()],
    ['creating the first container', aPod({ inputs: waiting('ContainerCreating') })],
    ['waiting for the stage before', aPod({ inputs: RUNNING })],
    ['running', aPod({ executors: [RUNNING] })],
    ['running again after many restarts', aPod({ executors: [{ state: RUNNING, restarts: 9 }] })],
    ['finished', aPod({ executors: [ended()], outputs: ended() })],
    ['a first restart', aPod({ executors: [{ state: waiting('PodInitializing'), restarts: 1 }] })],
  ])('is seen in a pod that is %s', (_, pod) => {
    expect(troubleOf(pod)).toBeUndefined();
  });

  it('is seen in a later stage before its turn has come', () => {
    const later = waiting('InvalidImageName');
    expect(troubleOf(aPod({ executors: [RUNNING, later] }))).toBeUndefined();
    expect(troubleOf(aPod({ executors: [NOT_YET, later] }))).toBeUndefined();
    expect(troubleOf(aPod({ executors: [recorded(ranTo(1)), later] }))).toMatchObject({
      code: 'ImageInvalid',
      message: expect.stringContaining('executor-1'),
    });
  });
});
