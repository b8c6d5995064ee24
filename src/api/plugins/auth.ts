import type { FastifyInstance, FastifyRequest } from 'fastify';

import type { Principal, Verifier } from '../../auth/principal.ts';
import { UnauthenticatedError } from '../../errors/tes-error.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null on open routes. */
    principal: Principal | null;
  }
}

/** Declares `request.principal` for the whole server. */
export function declarePrincipal(app: FastifyInstance): void {
  app.decorateRequest('principal', null);
}

/** Lets only verified callers into this scope. */
export function requirePrincipal(scope: FastifyInstance, verifier: Verifier): void {
  scope.addHook('onRequest', async (request, reply) => {
    try {
      request.principal = await verifier.verify({
        headers: request.headers,
        peerAddress: request.socket.remoteAddress,
      });
    } catch (error) {
      if (error instanceof UnauthenticatedError)
        reply.header('www-authenticate', verifier.challenge);
      throw error;
    }
  });
}

/** The caller of a request in a scope that `requirePrincipal` guards. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === null) throw new Error('the route is not behind requirePrincipal');
  return request.principal;
}
