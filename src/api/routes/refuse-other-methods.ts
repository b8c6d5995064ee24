import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { TesError } from '../../errors/tes-error.ts';
import { pathOf } from '../plugins/errors.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
type Method = (typeof METHODS)[number];

/** Answers every method that an address does not have with 405, which names those that it has. */
export function refuseOtherMethods(scope: FastifyInstance, url: string, allowed: Method[]): void {
  const refuse = (request: FastifyRequest, reply: FastifyReply): never => {
    reply.header('allow', allowed.join(', '));
    throw new TesError(
      'MethodNotAllowed',
      `${request.method} is not possible at ${pathOf(request)}; use ${allowed.join(' or ')}.`,
    );
  };
  scope.route({
    method: METHODS.filter((method) => !allowed.includes(method)),
    url,
    schema: { hide: true },
    // The handler alone would come after the body was read, and complain about the body first.
    onRequest: refuse,
    handler: refuse,
  });
}
