/** `/healthz`, `/readyz` and `/metrics` of a process without the API. */
import type { FastifyInstance } from 'fastify';

import type { AppDeps } from './app.ts';
import { useAccessLog } from './plugins/access-log.ts';
import { useErrors, useUnknownRoutes } from './plugins/errors.ts';
import { useHealth } from './plugins/health.ts';
import { useMetrics } from './plugins/metrics.ts';
import { createServer } from './server.ts';

/** Nobody sends bodies here. */
const SETTINGS = { bodyLimit: 1024, trustedProxies: [], keepAliveMs: 75_000 };

/** The HTTP server, not listening yet. */
export function buildHealthApp(
  deps: Pick<AppDeps, 'checks' | 'gauges' | 'logger'>,
): FastifyInstance {
  const app = createServer(SETTINGS, deps.logger);
  useErrors(app);
  useAccessLog(app);
  useUnknownRoutes(app);
  useHealth(app, deps.checks);
  if (deps.gauges) useMetrics(app, deps.gauges);
  return app;
}
