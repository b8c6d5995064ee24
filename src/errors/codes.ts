/** The catalogue of errors that users see: stable code, HTTP status, what it means and what to do. */

export const ERROR_CODES = {
  InvalidTask: {
    status: 400,
    meaning: 'The task document breaks a rule; every problem is listed.',
    remedy: 'Mend what `details` names; the same document is refused again.',
  },
  InvalidRequest: {
    status: 400,
    meaning: 'A parameter, a header or the body of the request is malformed.',
    remedy: 'Mend what `message` names.',
  },
  Unauthenticated: {
    status: 401,
    meaning: 'The request does not say who is asking.',
    remedy: 'Sign in as `WWW-Authenticate` says.',
  },
  TaskNotFound: {
    status: 404,
    meaning: 'There is no task of this id that the caller may see.',
    remedy: 'Check the id, and that the same caller created the task.',
  },
  RouteNotFound: {
    status: 404,
    meaning: 'There is nothing at this address.',
    remedy: 'Check the base path: `/ga4gh/tes/v1`, `/v1` or none.',
  },
  MethodNotAllowed: {
    status: 405,
    meaning: 'The address exists, but not with this method.',
    remedy: 'Use a method that `Allow` names.',
  },
  RequestTimeout: {
    status: 408,
    meaning: 'The request came too slowly to wait for the rest.',
    remedy: 'Send it again; nothing was done.',
  },
  IdempotencyKeyReused: {
    status: 409,
    meaning: 'The Idempotency-Key was used for another document within the last 24 hours.',
    remedy: 'Send a new key, or the document that the key was used for.',
  },
  BodyTooLarge: {
    status: 413,
    meaning: 'The body is larger than this server accepts.',
    remedy: 'Bring large contents in by URL, or raise `ORRERY_BODY_LIMIT_MIB`.',
  },
  UnsupportedMediaType: {
    status: 415,
    meaning: 'The body is encoded in a way not read here.',
    remedy: 'Send JSON as UTF-8, uncompressed.',
  },
  Overloaded: {
    status: 429,
    meaning: 'Too many requests.',
    remedy: 'Try again after as many seconds as `Retry-After` says.',
  },
  HeadersTooLarge: {
    status: 431,
    meaning: 'The address and headers are larger than 16 KiB.',
    remedy: 'Send fewer or shorter headers, or filters of a list.',
  },
  Internal: {
    status: 500,
    meaning: 'The server failed.',
    remedy: 'Give the request id to the operator; it finds the reason in the log.',
  },
  Unavailable: {
    status: 503,
    meaning: 'Something the server needs cannot be reached, or it has too much to do.',
    remedy:
      'Try again after as many seconds as `Retry-After` says. A POST may have been done: send it with an `Idempotency-Key`.',
  },
} as const satisfies Record<string, { status: number; meaning: string; remedy: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;
