import type { Socket } from 'node:net';

import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { v4 as uuid } from 'uuid';

import type { Verifier } from '../auth/principal.ts';
import { TesError } from '../errors/tes-error.ts';
import type { TaskStore } from '../store/ports.ts';
import { useAccessLog } from './plugins/access-log.ts';
import { declarePrincipal } from './plugins/auth.ts';
import { useCompression } from './plugins/compression.ts';
import { useCors } from './plugins/cors.ts';
import { errorBody, sendError, useErrors, useUnknownRoutes } from './plugins/errors.ts';
import { useGracefulClose } from './plugins/graceful-close.ts';
import { type ReadinessCheck, useHealth } from './plugins/health.ts';
import { useJsonBodies } from './plugins/json-body.ts';
import { useLoadShedding } from './plugins/load-shedding.ts';
import { useOpenApi } from './plugins/openapi.ts';
import { useRateLimits } from './plugins/rate-limits.ts';
import { requestId } from './plugins/request-id.ts';
import { addBulkRoutes } from './routes/bulk.ts';
import { createShowTask } from './routes/show-task.ts';
import { addTesRoutes } from './routes/tes.ts';
import type { ApiSettings } from './settings.ts';
import type { StartQueue } from './start-queue.ts';

/** What the API stands on. */
export interface AppDeps {
  readonly settings: ApiSettings;
  readonly tasks: TaskStore;
  readonly startQueue: StartQueue;
  readonly verifier: Verifier;
  readonly logger: FastifyBaseLogger;
  readonly checks: readonly ReadinessCheck[];
  /** A new UUIDv7 in lower case. */
  readonly newId: () => string;
}

/** Longer than any address that Node accepts, so that a long id is a task that does not exist. */
const MAX_PARAMETER = 20_000;

/** How long a client may take to send the headers, and the whole, of a request, in milliseconds. */
const HEADERS_TIMEOUT_MS = 20_000;
const REQUEST_TIMEOUT_MS = 300_000;

/** How often slow clients are looked for, in milliseconds. */
const TIMEOUT_CHECK_MS = 5_000;

const MAX_HEADER_BYTES = 16 * 1024;

/** How long a stop waits for starts and cancels in flight; the dispatcher repeats what is lost. */
const DRAIN_MS = 5_000;

/**
 * The HTTP server, not listening yet. Closing it waits for the requests in flight and for what they left to do
 * after their answers.
 */
export function buildApp(deps: AppDeps): FastifyInstance {
  const { settings, logger } = deps;
  const app = createServer(settings, logger);

  useHeaders(app);
  useErrors(app);
  useAccessLog(app);
  useGracefulClose(app);
  useCors(app, settings.corsOrigins);
  useLoadShedding(app, settings.loadLimits);
  useRateLimits(app, settings.rateLimits);
  useUnknownRoutes(app);
  useCompression(app);
  useJsonBodies(app);
  useOpenApi(app, settings.service.version);
  useHealth(app, deps.checks);
  declarePrincipal(app);
  addTesRoutes(app, {
    ...deps,
    ...settings,
    show: createShowTask(settings.hideCanceling),
  });
  addBulkRoutes(app, { ...deps, ...settings });

  app.addHook('onClose', () => deps.startQueue.drain(DRAIN_MS));
  return app;
}

function createServer(settings: ApiSettings, logger: FastifyBaseLogger): FastifyInstance {
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
    },
    // A request that comes in while the server stops is still served: its connection is closed afterwards.
    return503OnClosing: false,
    routerOptions: {
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      maxParamLength: MAX_PARAMETER,
    },
    frameworkErrors: (error, request, reply) => {
      reply.header('x-request-id', request.id);
      sendError(error, request, reply);
    },
    clientErrorHandler: answerBrokenHttp,
  });
  // Documents are validated by src/tes and answered as they are: schemas here only document.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  return app;
}

function useHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    reply.header('cache-control', 'no-store');
    reply.header('x-content-type-options', 'nosniff');
    done();
  });
}

/** Answers what is not even HTTP, such as headers beyond 16 KiB, in the same shape as everything else. */
function answerBrokenHttp(_error: Error, socket: Socket): void {
  if (!socket.writable) return;
  const error = new TesError('InvalidRequest', 'The request is not valid HTTP or came too slowly.');
  const body = JSON.stringify(errorBody(error, uuid()));
  const head = [
    'HTTP/1.1 400 Bad Request',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
