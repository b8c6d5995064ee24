/** Answers to what is not even a request. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

import { v4 as uuid } from 'uuid';

import type { ErrorCode } from '../errors/codes.ts';
import { TesError } from '../errors/tes-error.ts';
import { errorBody } from './plugins/errors.ts';

/** Node's own refusals, in our words. */
const REFUSALS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['HeadersTooLarge', 'The address and headers are larger than 16 KiB.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['BodyTooLarge', 'The chunk extensions of the body are too long.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['RequestTimeout', 'The request came too slowly; send it at once.'],
};

const NO_HTTP: readonly [ErrorCode, string] = ['InvalidRequest', 'The request is not valid HTTP.'];

/** Answers in the same shape as everything else, and closes the connection, whose state nobody knows. */
export function answerBrokenHttp(failure: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable) return;
  const error = new TesError(...(REFUSALS[failure.code ?? ''] ?? NO_HTTP));
  const body = JSON.stringify(errorBody(error, uuid()));
  const head = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
