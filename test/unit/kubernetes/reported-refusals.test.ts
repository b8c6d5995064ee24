import { describe, expect, it } from '@jest/globals';

import { toApiError } from '../../../src/kubernetes/api-error.ts';
import type { PodGateway, PodPlan } from '../../../src/kubernetes/ports.ts';
import { withRefusalsTold } from '../../../src/kubernetes/reported-refusals.ts';

const PLAN: PodPlan = { installation: 'i', taskId: 't', number: 1, document: { executors: [] } };

const answer = (status: number, message: string) =>
  toApiError(status, JSON.stringify({ kind: 'Status', message }));

/** What was told when both creating calls failed with an error. */
async function toldOf(error: Error): Promise<unknown[]> {
  const told: unknown[] = [];
  const fail = () => Promise.reject(error);
  const failing = { createGated: fail, ensureSecrets: fail } as Partial<PodGateway> as PodGateway;
  const pods = withRefusalsTold(failing, (...refusal) => {
    told.push(refusal);
    return Promise.resolve();
  });
  await expect(pods.createGated(PLAN)).rejects.toBe(error);
  await expect(pods.ensureSecrets(PLAN, 'uid')).rejects.toBe(error);
  return told;
}

describe('withRefusalsTold', () => {
  const QUOTA = 'exceeded quota: small, requested: pods=1, used: pods=5';
  const WEBHOOK = 'Internal error occurred: failed calling webhook "a.b": Post "https://x": EOF';

  it.each([
    [429, 'Too many requests, please try again later.', undefined],
    [403, `pods "orrery-t-1" is forbidden: ${QUOTA}`, QUOTA],
    [500, WEBHOOK, undefined],
  ])(
    'tells of a %i that other tasks would meet too, without the name of the object, and throws it on',
    async (status, message, told = message) => {
      const refusal = ['t', { reason: told, isShared: true }];
      expect(await toldOf(answer(status, message))).toEqual([refusal, refusal]);
    },
  );

  it.each([
    [403, 'admission webhook "policy" denied the request: no such image'],
    [403, 'pods is forbidden: User "x" cannot create resource "pods"'],
    [500, 'etcdserver: request timed out'],
    [503, 'the server is currently unable to handle the request'],
  ])('tells a %i to its task alone: %s', async (status, message) => {
    const refusal = ['t', { reason: message, isShared: false }];
    expect(await toldOf(answer(status, message))).toEqual([refusal, refusal]);
  });

  it('leaves a refusal for good to the caller', async () => {
    expect(await toldOf(answer(422, 'Pod "x" is invalid'))).toEqual([]);
  });
});
