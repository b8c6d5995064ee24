import type { IncomingMessage } from 'node:http';

import { v4 as uuid } from 'uuid';

/** What a proxy may send as a request id without being able to forge log lines. */
const SANE = /^[\w.:-]{1,64}$/;

/** The id of a request: the proxy's `X-Request-Id` when it is harmless, else a new one. */
export function requestId(request: Pick<IncomingMessage, 'headers'>): string {
  const sent = request.headers['x-request-id'];
  return typeof sent === 'string' && SANE.test(sent) ? sent : uuid();
}
