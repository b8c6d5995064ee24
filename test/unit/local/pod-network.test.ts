import { describe, expect, it } from '@jest/globals';

import { chooseNetwork } from '../../../deploy/local/kubernetes/pod-network.ts';

describe('the network of the pods', () => {
  it('follows from the id of the environment', () => {
    expect(chooseNetwork('00000000', [])).toBe('10.200.0');
    expect(chooseNetwork('ffffff00', [])).toMatch(/^10\.2\d\d\.255$/);
  });

  it('is the next one when that is used on this machine', () => {
    expect(chooseNetwork('00000000', ['10.200.0', '10.200.1'])).toBe('10.200.2');
  });

  it('stays what it was while it is free', () => {
    expect(chooseNetwork('00000000', [], '10.222.7')).toBe('10.222.7');
    expect(chooseNetwork('00000000', ['10.222.7'], '10.222.7')).toBe('10.200.0');
  });
});
