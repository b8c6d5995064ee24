import { type AddressInfo, connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { buildTestServer } from '../../support/api.ts';
import { whenClosed } from '../../support/when-closed.ts';

const api = buildTestServer();
beforeAll(() => api.app.listen({ port: 0, host: '127.0.0.1' }));
afterAll(() => api.close());

const send = async (text: string): Promise<{ status: number; body: { code: string } }> => {
  const { port } = api.app.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (part) => (answer += part.toString()));
  socket.write(text);
  await whenClosed(socket);
  return {
    status: Number(answer.slice(9, 12)),
    body: JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as { code: string },
  };
};

describe('what is no request', () => {
  it.each([
    [
      'headers beyond 16 KiB',
      `GET /v1/tasks HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(17_000)}\r\n\r\n`,
      431,
      'HeadersTooLarge',
    ],
    [
      'an address beyond 16 KiB',
      `GET /v1/tasks?x=${'y'.repeat(17_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
      431,
      'HeadersTooLarge',
    ],
    ['another protocol', 'hello there\r\n\r\n', 400, 'InvalidRequest'],
    [
      'a method that does not exist',
      'FETCH /v1/tasks HTTP/1.1\r\nhost: x\r\n\r\n',
      400,
      'InvalidRequest',
    ],
    [
      'a header with a control character',
      'GET / HTTP/1.1\r\nhost: x\r\na: \x01\r\n\r\n',
      400,
      'InvalidRequest',
    ],
    [
      'two lengths',
      'POST /v1/tasks HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}',
      400,
      'InvalidRequest',
    ],
  ])('is answered in the one shape: %s', async (_title, text, status, code) => {
    const answer = await send(text);

    expect(answer).toMatchObject({ status, body: { status, code } });
  });
});
