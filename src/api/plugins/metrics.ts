import type { FastifyInstance } from 'fastify';

import { countRequest, printMetrics } from '../../telemetry/metrics.ts';
import type { TaskGauges } from '../task-gauges.ts';
import { probe } from './health.ts';

/** The text format of Prometheus. */
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Counts requests by what they do, never by their path. */
export function useRequestMetrics(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { operation, probe: isProbe } = request.routeOptions.config;
    if (isProbe !== true) {
      countRequest({ operation, status: reply.statusCode, seconds: reply.elapsedTime / 1000 });
    }
    done();
  });
}

/** `/metrics`: what this process counted, and the gauges of the database. */
export function useMetrics(app: FastifyInstance, gauges: TaskGauges): void {
  app.get('/metrics', probe('metrics'), async (_request, reply) => {
    const [own, shared] = await Promise.all([printMetrics(), gauges.print()]);
    return reply.type(CONTENT_TYPE).send(`${own}\n${shared}`);
  });
}
