import { describe, expect, it } from '@jest/globals';

import { createNoneVerifier } from '../../../src/auth/verifiers/none.ts';

describe('the verifier of open mode', () => {
  it.each([undefined, 'Basic Og==', 'Basic Tm9uZTpOb25l', 'Bearer whatever', 'nonsense'])(
    'makes everybody anonymous, whatever Authorization says: %s',
    (authorization) => {
      const verifier = createNoneVerifier();

      const principal = verifier.verify({ headers: { authorization }, peerAddress: '203.0.113.9' });

      expect(principal).toEqual({ subject: 'anonymous', groups: ['anonymous'] });
    },
  );
});
