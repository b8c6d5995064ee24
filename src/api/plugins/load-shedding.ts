import { getHeapStatistics } from 'node:v8';

import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';

import { TransientError } from '../../errors/tes-error.ts';

/** How busy the process may be before it refuses requests; 0 sets no limit. */
export interface LoadLimits {
  /** How late the event loop is, on average over a second, in milliseconds. */
  readonly eventLoopDelayMs: number;
  /** How full the heap is, in percent of what Node may use. */
  readonly heapPercent: number;
}

const RETRY_AFTER_SECONDS = 2;

/**
 * Refuses requests while the process has more to do than it can: an early 503 is cheaper for everybody than an
 * answer that nobody waits for any more. Probes are always answered.
 */
export function useLoadShedding(app: FastifyInstance, limits: LoadLimits): void {
  app.register(underPressure, {
    maxEventLoopDelay: limits.eventLoopDelayMs,
    maxHeapUsedBytes: (getHeapStatistics().heap_size_limit * limits.heapPercent) / 100,
    pressureHandler: (request) =>
      request.routeOptions.config.probe === true ? undefined : Promise.reject(tooBusy()),
  });
}

function tooBusy(): TransientError {
  return new TransientError('The server has too much to do; try again in a moment.', {
    retryAfter: RETRY_AFTER_SECONDS,
  });
}
