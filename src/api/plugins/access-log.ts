import type { FastifyInstance } from 'fastify';

import { pathOf } from './errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route does, as logs and the OpenAPI document call it. */
    operation?: string;
    /** Asked by machines all day long: never limited, and says nothing in the log when it succeeds. */
    probe?: boolean;
  }
}

/** One line a request: who, what, how it ended. Never a body, never a query string. */
export function useAccessLog(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { operation, probe } = request.routeOptions.config;
    const level = probe === true && reply.statusCode < 400 ? 'debug' : 'info';
    request.log[level](
      {
        operation,
        method: request.method,
        path: pathOf(request),
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        principal: request.principal?.subject,
      },
      'request',
    );
    done();
  });
}
