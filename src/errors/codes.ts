/** The catalogue of errors that users see: stable code, HTTP status and what it means. */

export const ERROR_CODES = {
  InvalidTask: {
    status: 400,
    meaning: 'The task document breaks a rule; every problem is listed.',
  },
  InvalidRequest: { status: 400, meaning: 'A parameter or the body of the request is malformed.' },
  Unauthenticated: { status: 401, meaning: 'The request does not say who is asking.' },
  Forbidden: { status: 403, meaning: 'The caller is known but may not do this.' },
  TaskNotFound: { status: 404, meaning: 'There is no task of this id that the caller may see.' },
  RouteNotFound: { status: 404, meaning: 'There is nothing at this address.' },
  MethodNotAllowed: { status: 405, meaning: 'The address exists, but not with this method.' },
  RequestTimeout: { status: 408, meaning: 'The request came too slowly to wait for the rest.' },
  IdempotencyKeyReused: {
    status: 409,
    meaning: 'The Idempotency-Key was used for another document within the last 24 hours.',
  },
  BodyTooLarge: { status: 413, meaning: 'The body is larger than this server accepts.' },
  UnsupportedMediaType: { status: 415, meaning: 'The body is encoded in a way not read here.' },
  HeadersTooLarge: { status: 431, meaning: 'The headers are larger than this server reads.' },
  Overloaded: { status: 429, meaning: 'Too many requests; wait as long as Retry-After says.' },
  Internal: {
    status: 500,
    meaning: 'The server failed; the request id finds the reason in its log.',
  },
  Unavailable: { status: 503, meaning: 'Something the server needs cannot be reached; try again.' },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;
