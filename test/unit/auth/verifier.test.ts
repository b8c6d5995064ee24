import { describe, expect, it } from '@jest/globals';

import { createVerifier } from '../../../src/auth/verifier.ts';

const HEADERS = { subject: 'x-user', groups: 'x-groups' };
const CREDENTIALS = { headers: { 'x-user': 'ada' }, peerAddress: '127.0.0.1' };

describe('createVerifier', () => {
  it('lets everybody in as anonymous in the mode none', async () => {
    const verifier = createVerifier({ mode: 'none', headers: HEADERS });

    expect(await verifier.verify(CREDENTIALS)).toMatchObject({ subject: 'anonymous' });
  });

  it('reads the configured headers in the mode trusted-header', async () => {
    const verifier = createVerifier({ mode: 'trusted-header', headers: HEADERS });

    expect(await verifier.verify(CREDENTIALS)).toMatchObject({ subject: 'ada' });
  });
});
