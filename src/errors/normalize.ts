/** Errors for the log: whatever was thrown, as a plain object that holds no credentials. */

/** An error as it is logged. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  readonly stack?: string;
  readonly cause?: LoggedError;
  /** The parts of an AggregateError. */
  readonly errors?: readonly LoggedError[];
}

/** Deeper causes, and loops of them, are cut. */
const MAX_DEPTH = 5;
const MAX_PARTS = 10;

/**
 * Turns anything that can be thrown into an object for the log. Only well-known members are taken, because the
 * errors of SDKs carry whole requests, with headers and bodies, in others.
 */
export function normalizeError(error: unknown): LoggedError {
  return normalize(error, 0);
}

function normalize(error: unknown, depth: number): LoggedError {
  if (!isErrorLike(error)) return { type: typeof error, message: textOfValue(error) };
  const { code, stack, cause, errors } = error;
  const deeper = depth < MAX_DEPTH;
  return {
    type: typeof error.name === 'string' ? error.name : 'Error',
    message: withoutCredentials(error.message),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(typeof stack === 'string' && { stack: withoutCredentials(stack) }),
    ...(cause !== undefined && deeper && { cause: normalize(cause, depth + 1) }),
    ...(Array.isArray(errors) &&
      deeper && { errors: errors.slice(0, MAX_PARTS).map((part) => normalize(part, depth + 1)) }),
  };
}

/** Removes user info and query strings of URLs, and the values of authorization headers and passwords. */
export function withoutCredentials(text: string): string {
  return text
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/"'<>]*@/gi, '$1')
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/[^\s?#"'<>]*)[?#][^\s"'<>]*/gi, '$1')
    .replace(/\b(bearer|basic)\s+[\w.~+/=-]+/gi, '$1 …')
    .replace(/\b(password|passwd|secret|token)(["']?\s*[=:]\s*["']?)[^\s"',;&]+/gi, '$1$2…');
}

interface ErrorLike {
  readonly message: string;
  readonly name?: unknown;
  readonly code?: unknown;
  readonly stack?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

/** By shape and not by class: errors also come from other realms and from SDKs with classes of their own. */
function isErrorLike(error: unknown): error is ErrorLike {
  return (
    typeof error === 'object' && error !== null && typeof Reflect.get(error, 'message') === 'string'
  );
}

function textOfValue(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    return `thrown value without a message, members: ${Object.keys(value).slice(0, 20).join(', ')}`;
  }
  return withoutCredentials(String(value));
}
