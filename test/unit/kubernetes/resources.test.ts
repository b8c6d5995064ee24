import { describe, expect, it } from '@jest/globals';

import {
  buildExecutorResources,
  toCpuQuantity,
  toQuantity,
} from '../../../src/kubernetes/pod/resources.ts';
import { settings } from './pod-settings.ts';

describe('quantities', () => {
  it.each([
    [1, '954Mi'],
    [1.048576, '1000Mi'],
    [1.0485760001, '1000Mi'],
    [1.048576001, '1001Mi'],
    [0.000001, '1Mi'],
  ])('rounds %d GB up to %s', (gigabytes, quantity) => {
    expect(toQuantity(gigabytes)).toBe(quantity);
  });

  it.each([
    [1, '1'],
    [0.5, '500m'],
    [2.0001, '2001m'],
    [0.1 + 0.2, '300m'],
    [0.0001, '1m'],
  ])('rounds %d cores up to %s', (cores, quantity) => {
    expect(toCpuQuantity(cores)).toBe(quantity);
  });
});

describe('buildExecutorResources', () => {
  it('takes what the task does not say from the defaults and reserves no disk for them', () => {
    expect(buildExecutorResources({ ram_gb: 4 }, settings.defaults)).toEqual({
      requests: { cpu: '1', memory: '3815Mi' },
      limits: { cpu: '1', memory: '3815Mi' },
    });
  });
});
