import { describe, expect, it } from '@jest/globals';

import { backendParameterFaults, retryPolicyOf } from '../../../src/tes/backend-parameters.ts';

const STANDARD = { maxAttempts: 3, backoffMs: 1000 };

function maxAttempts(backend_parameters?: Record<string, string>): number {
  const resources = backend_parameters && { backend_parameters };
  return retryPolicyOf({ ...(resources && { resources }) }, STANDARD).maxAttempts;
}

describe('max_retries', () => {
  it.each([
    [1, { max_retries: '0' }],
    [3, { max_retries: '2' }],
    [11, { Max_Retries: '10' }],
    [3, {}],
    [3, undefined],
  ])('allows %d attempts for %p, in any letter case', (attempts, parameters) => {
    expect(maxAttempts(parameters)).toBe(attempts);
  });

  it.each(['', '-1', '11', '1.5', 'many', '0x1', '1e1', ' 1'])('refuses %p', (text) => {
    expect(backendParameterFaults({ max_retries: text })).toEqual([
      expect.stringMatching(/^has max_retries ".*"; give a whole number from 0 to 10, in quotes$/),
    ]);
  });

  it('is all that is looked at', () => {
    expect(backendParameterFaults({ max_retries: '1', other: 'x' })).toEqual([]);
  });
});
