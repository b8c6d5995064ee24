/** The `Idempotency-Key` header: what makes a request that is sent again the same request. */
import { createHash } from 'node:crypto';

import { InvalidRequest } from '../tes/problems.ts';
import type { TaskDocument } from '../tes/task.ts';

/** No spaces: Node joins a header that is sent twice with `, `, which must never make a key. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/** How the header is described in the OpenAPI document. */
export const IDEMPOTENCY_HEADER = {
  type: 'object',
  properties: {
    'Idempotency-Key': {
      type: 'string',
      minLength: 1,
      maxLength: 255,
      pattern: '^[!-~]+$',
      description:
        'The same key with the same document leads to the same task for at least 24 hours, with another document to 409.',
    },
  },
} as const;

/** The key of a request, undefined when it has none. Throws InvalidRequest for one that cannot be kept. */
export function readIdempotencyKey(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): string | undefined {
  const sent = headers['idempotency-key'];
  if (sent === undefined) return undefined;
  if (typeof sent === 'string' && KEY.test(sent)) return sent;
  const message =
    'The header Idempotency-Key must be sent once, with 1 to 255 printable ASCII characters and no spaces.';
  throw new InvalidRequest([{ pointer: '', message }]);
}

/** SHA-256 in hex of a validated document, whatever the order and spelling in which its members were sent. */
export function hashDocument(document: TaskDocument): string {
  return createHash('sha256').update(JSON.stringify(document, withSortedMembers)).digest('hex');
}

function withSortedMembers(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
