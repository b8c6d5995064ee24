/** The HTTP server under the API, and under the health of processes without it. */
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';

import { answerBrokenHttp } from './broken-http.ts';
import { sendError } from './plugins/errors.ts';
import { requestId } from './plugins/request-id.ts';

/** The settings of the server itself. */
export interface ServerSettings {
  /** Largest body that is read, in bytes. */
  readonly bodyLimit: number;
  /** Proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  /** How long an idle connection is kept, in milliseconds. */
  readonly keepAliveMs: number;
}

/** Longer than any address that Node accepts, so that a long id is a task that does not exist. */
const MAX_PARAMETER = 20_000;

/** How long a client may take to send the headers, and the whole, of a request, in milliseconds. */
const HEADERS_TIMEOUT_MS = 20_000;
const REQUEST_TIMEOUT_MS = 300_000;

/** How often slow clients are looked for, in milliseconds. */
const TIMEOUT_CHECK_MS = 5_000;

const MAX_HEADER_BYTES = 16 * 1024;

/** A server without routes that answers whatever is wrong with a request in our one shape. */
export function createServer(settings: ServerSettings, logger: FastifyBaseLogger): FastifyInstance {
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    genReqId: requestId,
    bodyLimit: settings.bodyLimit,
    trustProxy: settings.trustedProxies.length > 0 && [...settings.trustedProxies],
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: settings.keepAliveMs,
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Nothing here asks for the host, and Node would refuse without a word.
      requireHostHeader: false,
    },
    // A request that comes in while the server stops is still served: its connection is closed afterwards.
    return503OnClosing: false,
    routerOptions: {
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      maxParamLength: MAX_PARAMETER,
    },
    frameworkErrors: (error, request, reply) => {
      // Neither hooks nor routes see a request whose address cannot be read.
      setHeaders(request, reply);
      sendError(error, request, reply);
    },
    clientErrorHandler: answerBrokenHttp,
  });
  // Documents are validated by src/tes and answered as they are: schemas here only document.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  useHeaders(app);
  return app;
}

function useHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    setHeaders(request, reply);
    done();
  });
}

function setHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id);
  reply.header('cache-control', 'no-store');
  reply.header('x-content-type-options', 'nosniff');
}
