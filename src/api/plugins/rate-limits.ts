import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';

import { OverloadedError } from '../../errors/tes-error.ts';

/** How many requests this process takes in a second; 0 sets no limit. */
export interface RateLimits {
  /** Of one address; of IPv6 one /64 network counts as one. */
  readonly addressRequests: number;
  /** Of one authenticated caller. */
  readonly callerRequests: number;
}

type Check = ReturnType<FastifyInstance['createRateLimit']>;

const WINDOW_MS = 1_000;

/** Addresses and callers that are counted at a time; beyond it the one asking least recently is forgotten. */
const COUNTED = 10_000;

/**
 * Refuses who asks too often, before the body is read: by address before anybody is authenticated, by caller
 * afterwards. Probes are never refused.
 */
export function useRateLimits(app: FastifyInstance, limits: RateLimits): void {
  app.register(rateLimit, { global: false, cache: COUNTED });
  app.after(() => {
    if (limits.addressRequests > 0) limitAddresses(app, limits.addressRequests);
    if (limits.callerRequests > 0) limitCallers(app, limits.callerRequests);
  });
}

function limitAddresses(app: FastifyInstance, max: number): void {
  const check = app.createRateLimit({ max, timeWindow: WINDOW_MS });
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.probe === true) return;
    await refuseExcess(check, request, `Your address sends more than ${max} requests a second.`);
  });
}

function limitCallers(app: FastifyInstance, max: number): void {
  const check = app.createRateLimit({
    max,
    timeWindow: WINDOW_MS,
    keyGenerator: ({ principal }) => principal?.subject ?? '',
  });
  // After every onRequest hook, that is, after authentication.
  app.addHook('preParsing', async (request) => {
    if (request.principal === null) return;
    await refuseExcess(check, request, `You send more than ${max} requests a second.`);
  });
}

async function refuseExcess(check: Check, request: FastifyRequest, reason: string): Promise<void> {
  const counted = await check(request);
  if (counted.isAllowed || !counted.isExceeded) return;
  throw new OverloadedError(
    `${reason} Send fewer, or ask the operator for more.`,
    counted.ttlInSeconds,
  );
}
