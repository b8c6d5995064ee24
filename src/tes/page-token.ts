/** Page tokens: an opaque, URL-safe spelling of the last task of a page, so that pages hold still while tasks come. */
import { InvalidRequest } from './problems.ts';

/** The place in a list after which the next page begins. */
export interface PageCursor {
  /** RFC 3339 in UTC with microseconds, as Postgres keeps it. */
  readonly createdAt: string;
  readonly id: string;
}

const TIME = /^2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The token of a cursor: base64url, so that no client has to encode it. */
export function encodePageToken(cursor: PageCursor): string {
  return Buffer.from(`${cursor.createdAt} ${cursor.id}`).toString('base64url');
}

/** The cursor of a token. Throws InvalidRequest for anything that encodePageToken did not make. */
export function decodePageToken(token: string): PageCursor {
  const [createdAt = '', id = ''] = Buffer.from(token, 'base64url').toString('latin1').split(' ');
  const cursor = { createdAt, id };
  if (isCursor(cursor) && encodePageToken(cursor) === token) return cursor;
  throw new InvalidRequest([
    {
      pointer: '/page_token',
      message:
        'page_token is not one of ours; send next_page_token of the previous page as it was.',
    },
  ]);
}

/** A date such as February 31 must not reach Postgres, which refuses it. */
function isCursor(cursor: PageCursor): boolean {
  if (!TIME.test(cursor.createdAt) || !ID.test(cursor.id)) return false;
  const time = new Date(cursor.createdAt);
  const valid = !Number.isNaN(time.getTime());
  return valid && time.toISOString().slice(0, 19) === cursor.createdAt.slice(0, 19);
}
