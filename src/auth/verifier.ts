import type { Config } from '../config/config.ts';
import type { Verifier } from './principal.ts';
import { createNoneVerifier } from './verifiers/none.ts';
import { createTrustedHeaderVerifier } from './verifiers/trusted-header.ts';

/** The verifier that the configuration asks for. */
export function createVerifier({ mode, headers }: Config['auth']): Verifier {
  switch (mode) {
    case 'none':
      return createNoneVerifier();
    case 'trusted-header':
      return createTrustedHeaderVerifier(headers);
  }
}
