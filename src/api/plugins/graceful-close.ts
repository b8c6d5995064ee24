import { Server } from 'node:net';

import type { FastifyInstance } from 'fastify';

/** How often connections that have become idle are looked for while the server stops, in milliseconds. */
const INTERVAL_MS = 100;

/** How long connections that look idle are kept, because a request may be on its way on them, in milliseconds. */
const LINGER_MS = 500;

/**
 * Lets a stop lose no request and end soon after the last answer. New connections are refused at once; on those
 * there are every answer says that it is the last one, and only what stays idle is cut, after a while.
 */
export function useGracefulClose(app: FastifyInstance): void {
  let stopping = false;
  let closing: NodeJS.Timeout | undefined;

  app.addHook('preClose', (done) => {
    stopping = true;
    if (!app.server.listening) {
      done();
      return;
    }
    const goOn = (): void => {
      clearTimeout(linger);
      app.server.off('close', goOn);
      closing = setInterval(() => {
        app.server.closeIdleConnections();
      }, INTERVAL_MS);
      done();
    };
    const linger = setTimeout(goOn, LINGER_MS);
    app.server.once('close', goOn);
    // The close of HTTP would cut connections whose next request is sent and not yet read.
    Server.prototype.close.call(app.server);
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (stopping) reply.header('connection', 'close');
    done();
  });
  app.addHook('onClose', (_app, done) => {
    clearInterval(closing);
    done();
  });
}
