import { describe, expect, it } from '@jest/globals';

import { destinationOf } from '../../../src/tes/destination.ts';
import type { Offers } from '../../../src/tes/offers.ts';
import type { Resources } from '../../../src/tes/task.ts';
import { PLAIN_OFFERS } from '../../support/plain-rules.ts';

const SPOT = { key: 'spot', operator: 'Exists', effect: 'NoSchedule' } as const;

const OFFERS: Offers = {
  ...PLAIN_OFFERS,
  placements: {
    default: { nodeSelector: { pool: 'small' } },
    big: { nodeSelector: { pool: 'big' }, priorityClassName: 'urgent', tolerations: [SPOT] },
    free: {},
  },
  gpus: {
    default: { resource: 'nvidia.com/gpu', maximum: 2, nodeSelector: { pool: 'gpu' } },
    any: { resource: 'amd.com/gpu', maximum: 1, runtimeClassName: 'rocm' },
  },
  preemptible: { nodeSelector: { spot: 'true' }, tolerations: [SPOT] },
  zones: { b: 'europe-west1-b', 'europe-west1-c': 'europe-west1-c' },
  serviceAccounts: [{ name: 'reader', token: true }],
};

const of = (resources?: Resources) => destinationOf(resources, OFFERS);
const asking = (backend_parameters: Record<string, string>, more: Resources = {}) =>
  of({ backend_parameters, ...more });

describe('the destination of a task', () => {
  it('is the default profile where the task chooses none', () => {
    expect(of()).toEqual({ nodeSelector: { pool: 'small' }, tolerations: [], zones: [] });
  });

  it('is anywhere where nothing is configured', () => {
    expect(destinationOf({ preemptible: true, zones: ['x'] }, PLAIN_OFFERS)).toEqual({
      nodeSelector: {},
      tolerations: [],
      zones: [],
    });
  });

  it('is the chosen profile instead of the default one', () => {
    expect(asking({ placement: 'big' })).toMatchObject({
      nodeSelector: { pool: 'big' },
      priorityClassName: 'urgent',
    });
  });

  it('puts all profiles together, each toleration once', () => {
    expect(asking({ placement: 'big', gpu: 'any:1' }, { preemptible: true })).toEqual({
      nodeSelector: { pool: 'big', spot: 'true' },
      tolerations: [SPOT],
      priorityClassName: 'urgent',
      runtimeClassName: 'rocm',
      zones: [],
      gpu: { resource: 'amd.com/gpu', count: 1 },
    });
  });

  it('has zones by the label of nodes, each once and in order', () => {
    expect(of({ zones: ['europe-west1-c', 'b', 'b'] })).toMatchObject({
      zones: ['europe-west1-b', 'europe-west1-c'],
    });
  });

  it('has the account that the task chose', () => {
    expect(asking({ service_account: 'reader' })).toMatchObject({
      account: { name: 'reader', token: true },
    });
  });

  it.each([
    [{ placement: 'gone' }, 'The placement "gone" is not offered here.'],
    [{ gpu: 'gone:1' }, 'So many GPUs of "gone" are not offered here.'],
    [{ placement: 'free', gpu: '3' }, 'So many GPUs of "default" are not offered here.'],
    [{ service_account: 'gone' }, 'The service account "gone" is not offered here.'],
    [
      { placement: 'big', gpu: '1' },
      'The placement big and the GPU profile default exclude each other: both set the label pool.',
    ],
  ])('has a fault with %j', (parameters, fault) => {
    expect(asking(parameters)).toEqual({ fault });
  });

  it('has a fault with a zone that is not offered', () => {
    expect(of({ zones: ['b', 'moon'] })).toEqual({
      fault: 'The zone "moon" is not offered here.',
    });
  });
});
