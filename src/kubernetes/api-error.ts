/** What the API server's refusals mean to us. */
import { TransientError } from '../errors/tes-error.ts';
import type { Status } from './objects.ts';

const MAX_MESSAGE = 1000;

/** An answer of the API server that trying again unchanged does not heal. `message` is the server's own. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** The server's word for it, such as `AlreadyExists`. */
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

/** True for an answer of this HTTP status and, if one is named, this reason. */
export function isApiError(error: unknown, status: number, reason?: string): error is ApiError {
  return (
    error instanceof ApiError &&
    error.status === status &&
    (reason === undefined || error.reason === reason)
  );
}

/** True when Kubernetes will never take the object as it is: malformed, too large or invalid. */
export function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && [400, 413, 422].includes(error.status);
}

const PERMANENT = new Set([400, 404, 405, 409, 410, 413, 415, 422]);

/**
 * The error for an answer that is no success: an ApiError for what stays wrong, a TransientError for what may heal,
 * which includes 401 and 403 because credentials, quotas and policies change without us.
 */
export function toApiError(status: number, body: string, retryAfter?: string): Error {
  const { reason, message } = parseStatus(body);
  if (isTooLarge(message)) {
    return new ApiError(413, 'RequestEntityTooLarge', 'it is too large for the cluster to store');
  }
  const answer = new ApiError(status, reason, message);
  if (PERMANENT.has(status)) return answer;
  const seconds = Number(retryAfter);
  return new TransientError(`Kubernetes refuses this for now (${status}): ${message}`, {
    cause: answer,
    ...(seconds > 0 ? { retryAfter: seconds } : {}),
  });
}

/** True when the credentials may not do what was asked. */
export function isForbidden(error: unknown): boolean {
  return error instanceof TransientError && isApiError(error.cause, 403);
}

/** What a refusal means where the request itself is sound: a namespace that is missing, or a conflict, may heal. */
export function toTransient(error: unknown): unknown {
  return error instanceof ApiError && [404, 409, 410].includes(error.status)
    ? new TransientError(`Kubernetes refuses this for now (${error.status}): ${error.message}`)
    : error;
}

/** The error for a request that got no answer. */
export function toNetworkError(cause: unknown): TransientError {
  return new TransientError('Kubernetes cannot be reached.', { cause });
}

/** etcd's own limit comes as an internal error, although the object will never fit. */
function isTooLarge(message: string): boolean {
  return /etcdserver: request is too large|trying to send message larger than max/.test(message);
}

function parseStatus(body: string): { reason: string; message: string } {
  const { reason = '', message = 'no reason given' } = readStatus(body);
  return { reason, message: message.slice(0, MAX_MESSAGE) };
}

/** Proxies in front of the API server answer with plain text. */
function readStatus(body: string): Partial<Status> {
  try {
    return JSON.parse(body) as Partial<Status>;
  } catch {
    return { message: body };
  }
}
