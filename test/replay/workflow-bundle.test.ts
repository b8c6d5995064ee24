import { describe, expect, it } from '@jest/globals';

import { loadWorkflowBundle } from '../../src/temporal/workflow-bundle.ts';

describe('the bundle of workflows', () => {
  it('is kept: whoever asks again, and at the same time, gets the same code', async () => {
    const first = await loadWorkflowBundle();
    const [second, third] = await Promise.all([loadWorkflowBundle(), loadWorkflowBundle()]);

    expect(first.code).toContain('runTask');
    expect([second, third]).toEqual([first, first]);
  });
});
