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
  it('takes what the task does not say from the defaults, reserves no disk for them and limits it all the same', () => {
    expect(buildExecutorResources({ ram_gb: 4 }, settings)).toEqual({
      requests: { cpu: '1', memory: '3815Mi', 'ephemeral-storage': '0' },
      limits: { cpu: '1', memory: '3815Mi', 'ephemeral-storage': '10561Mi' },
    });
  });

  it('reserves the disk that a task names, and limits it a GiB above that, for what is no file of the task', () => {
    expect(buildExecutorResources({ cpu_cores: 0.25, disk_gb: 20 }, settings)).toEqual({
      requests: { cpu: '250m', memory: '1908Mi', 'ephemeral-storage': '19074Mi' },
      limits: { cpu: '250m', memory: '1908Mi', 'ephemeral-storage': '20098Mi' },
    });
  });

  it('requests as many GPUs as it limits, because Kubernetes shares none', () => {
    const { requests, limits } = buildExecutorResources(undefined, {
      ...settings,
      gpu: { resource: 'nvidia.com/gpu', count: 2 },
    });

    expect([requests?.['nvidia.com/gpu'], limits?.['nvidia.com/gpu']]).toEqual(['2', '2']);
  });
});
