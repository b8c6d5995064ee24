import type { FastifyBaseLogger, FastifyInstance } from 'fastify';

import type { Verifier } from '../auth/principal.ts';
import type { TaskStore } from '../store/ports.ts';
import type { ToolRegistry } from '../trs/tool-registry.ts';
import { useAccessLog } from './plugins/access-log.ts';
import { declarePrincipal } from './plugins/auth.ts';
import { useCompression } from './plugins/compression.ts';
import { useCors } from './plugins/cors.ts';
import { useErrors, useUnknownRoutes } from './plugins/errors.ts';
import { useGracefulClose } from './plugins/graceful-close.ts';
import { type ReadinessCheck, useHealth } from './plugins/health.ts';
import { useJsonBodies } from './plugins/json-body.ts';
import { useLoadShedding } from './plugins/load-shedding.ts';
import { useMetrics, useRequestMetrics } from './plugins/metrics.ts';
import { useOpenApi } from './plugins/openapi.ts';
import { useRateLimits } from './plugins/rate-limits.ts';
import { addBulkRoutes } from './routes/bulk.ts';
import { createShowTask } from './routes/show-task.ts';
import { addTesRoutes } from './routes/tes.ts';
import { createServer } from './server.ts';
import type { ApiSettings } from './settings.ts';
import type { StartQueue } from './start-queue.ts';
import type { TaskGauges } from './task-gauges.ts';

/** What the API stands on. */
export interface AppDeps {
  readonly settings: ApiSettings;
  readonly tasks: TaskStore;
  readonly startQueue: StartQueue;
  readonly verifier: Verifier;
  /** Asked for images that are named by `trs://` URIs. */
  readonly tools: ToolRegistry;
  readonly logger: FastifyBaseLogger;
  readonly checks: readonly ReadinessCheck[];
  /** What `/metrics` tells of the tasks; without it there is no `/metrics`. */
  readonly gauges?: TaskGauges | undefined;
  /** A new UUIDv7 in lower case. */
  readonly newId: () => string;
}

/** How long a stop waits for starts and cancels in flight; the dispatcher repeats what is lost. */
const DRAIN_MS = 5_000;

/**
 * The HTTP server, not listening yet. Closing it waits for the requests in flight and for what they left to do
 * after their answers.
 */
export function buildApp(deps: AppDeps): FastifyInstance {
  const { settings, logger } = deps;
  const app = createServer(settings, logger);

  useErrors(app);
  useAccessLog(app);
  useRequestMetrics(app);
  useGracefulClose(app);
  useCors(app, settings.corsOrigins);
  useLoadShedding(app, settings.loadLimits);
  useRateLimits(app, settings.rateLimits);
  useUnknownRoutes(app);
  useCompression(app);
  useJsonBodies(app);
  useOpenApi(app, settings.service.version);
  useHealth(app, deps.checks);
  if (deps.gauges) useMetrics(app, deps.gauges);
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
