import { PassThrough } from 'node:stream';

import { describe, expect, it } from '@jest/globals';

import { answerBrokenHttp } from '../../../src/api/broken-http.ts';

const answerTo = async (code: string | undefined): Promise<{ head: string; body: unknown }> => {
  const socket = new PassThrough();
  answerBrokenHttp(Object.assign(new Error('broken'), code && { code }), socket as never);
  const text = (await socket.toArray()).join('');
  const [head = '', body = ''] = text.split('\r\n\r\n');
  return { head, body: JSON.parse(body) };
};

describe('answerBrokenHttp', () => {
  it.each([
    ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large', 'HeadersTooLarge'],
    ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout', 'RequestTimeout'],
    ['HPE_CHUNK_EXTENSIONS_OVERFLOW', '413 Payload Too Large', 'BodyTooLarge'],
    ['HPE_INVALID_METHOD', '400 Bad Request', 'InvalidRequest'],
    [undefined, '400 Bad Request', 'InvalidRequest'],
  ])('answers %s with %s in the one shape', async (failure, status, code) => {
    const { head, body } = await answerTo(failure);

    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status}\r\n`));
    expect(head).toMatch(/\r\nconnection: close$/);
    expect(body).toEqual({
      status: Number(status.slice(0, 3)),
      code,
      message: expect.stringMatching(/\.$/),
      request_id: expect.any(String),
    });
  });

  it('says nothing to a client that is gone', () => {
    const socket = new PassThrough();
    socket.end();

    answerBrokenHttp(new Error('gone'), socket as never);

    expect(socket.read()).toBeNull();
  });
});
