import type { Principal, Verifier } from '../principal.ts';

const ANONYMOUS: Principal = { subject: 'anonymous', groups: ['anonymous'] };

/**
 * Open mode: everybody is `anonymous`. Any `Authorization` header is ignored, because several clients
 * send an empty or meaningless one when no user is set.
 */
export function createNoneVerifier(): Verifier {
  return { challenge: 'None', verify: () => ANONYMOUS };
}
