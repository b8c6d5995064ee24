import type { FastifyInstance } from 'fastify';

/** How often connections that have become idle are looked for while the server stops, in milliseconds. */
const INTERVAL_MS = 100;

/**
 * Lets a stop end soon after the last answer. Node closes the connections that are idle when the stop begins;
 * those still busy then would be kept alive after their answers.
 */
export function useGracefulClose(app: FastifyInstance): void {
  let closing: NodeJS.Timeout | undefined;

  app.addHook('preClose', (done) => {
    closing = setInterval(() => {
      app.server.closeIdleConnections();
    }, INTERVAL_MS);
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing !== undefined) reply.header('connection', 'close');
    done();
  });
  app.addHook('onClose', (_app, done) => {
    clearInterval(closing);
    done();
  });
}
