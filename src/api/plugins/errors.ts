import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { ERROR_CODES, type ErrorCode } from '../../errors/codes.ts';
import { TesError } from '../../errors/tes-error.ts';
import { InvalidRequest } from '../../tes/problems.ts';

/** The one shape of every answer that is not a success. */
export interface ErrorBody {
  readonly status: number;
  readonly code: ErrorCode;
  /** One sentence for people: several clients print it as it is. */
  readonly message: string;
  readonly details?: unknown;
  readonly request_id: string;
}

/** Fastify's own refusals, in our words. What is not listed and is the caller's fault is an InvalidRequest. */
const REFUSALS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['BodyTooLarge', 'The body is larger than this server accepts.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'InvalidRequest',
    'The body is not as long as Content-Length says.',
  ],
  FST_ERR_BAD_URL: ['InvalidRequest', 'The address is not a valid URL.'],
};

/** Makes every failure of a request an answer in the one shape. */
export function useErrors(app: FastifyInstance): void {
  app.setErrorHandler(sendError);
  app.setNotFoundHandler(refuseRoute);
}

/** Refuses addresses that lead nowhere; after the limits, so that they count for those. */
export function useUnknownRoutes(app: FastifyInstance): void {
  // The handler alone would come after the body was read, and complain about the body first.
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.is404) refuseRoute(request);
    done();
  });
}

/** Answers with an error; also for what fails before routing. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = toTesError(error);
  if (known.status >= 500) {
    request.log[known.code === 'Internal' ? 'error' : 'warn']({ err: error }, 'request failed');
  }
  if (known.retryAfter !== undefined) reply.header('retry-after', Math.ceil(known.retryAfter));
  reply
    .status(known.status)
    .type('application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(errorBody(known, request.id));
}

/** The body of an error's answer. */
export function errorBody(error: TesError, id: string): ErrorBody {
  return {
    status: error.status,
    code: error.code,
    message: error.userMessage,
    ...(error.details !== undefined && { details: error.details }),
    request_id: id,
  };
}

/** The path of a request without its query, which may hold credentials. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

function refuseRoute(request: FastifyRequest): never {
  throw new TesError(
    'RouteNotFound',
    `There is nothing at ${request.method} ${pathOf(request)}; the API is at /ga4gh/tes/v1 and described at /docs.`,
  );
}

/** Anything thrown, as an error of the catalogue. */
export function toTesError(error: unknown): TesError {
  if (error instanceof TesError) return error;
  if (error instanceof InvalidRequest) {
    return new TesError('InvalidRequest', error.message, { details: error.problems });
  }
  const { code, statusCode } = Object(error) as { code?: unknown; statusCode?: unknown };
  const refusal =
    typeof code === 'string' && Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined;
  if (refusal !== undefined) return new TesError(...refusal);
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new TesError('InvalidRequest', 'The request could not be read.', { cause: error });
  }
  return new TesError('Internal', ERROR_CODES.Internal.meaning, { cause: error });
}
