import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';

import { describe, expect, it } from '@jest/globals';

import { buildTestServer, EXECUTORS, openTestApi, type TestServer } from '../../support/api.ts';

const BODY = JSON.stringify({ executors: EXECUTORS });

const open = async (api: TestServer): Promise<Socket> => {
  const address = new URL(await api.app.listen({ host: '127.0.0.1', port: 0 }));
  const socket = connect(Number(address.port), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
};

const readAll = async (socket: Socket): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

describe('closing the server', () => {
  it('waits for a request in flight, answers it, and waits until Temporal knows of its task', async () => {
    const api = await openTestApi();
    const received = new Promise<void>((resolve) => {
      api.app.addHook('preParsing', (_request, _reply, payload, done) => {
        resolve();
        done(null, payload);
      });
    });
    const release = api.launcher.hold();
    const socket = await open(api);
    socket.write(
      `POST /v1/tasks HTTP/1.1\r\nhost: x\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY.slice(0, 5)}`,
    );
    await received;

    const closed = api.app.close();
    socket.write(BODY.slice(5));
    const answer = await readAll(socket);
    // Long after a close that does not wait would be over.
    setTimeout(release, 300);
    await closed;

    expect(answer).toMatch(/^HTTP\/1\.1 200 OK.*^connection: close\r$/ms);
    const { id } = JSON.parse(answer.slice(answer.indexOf('{'))) as { id: string };
    expect(api.launcher.started).toEqual([id]);
    await api.store.close();
  });

  it('ends soon after an answer that had begun before', async () => {
    const api = buildTestServer();
    const begun = Promise.withResolvers<ServerResponse>();
    api.app.get('/held', (_request, reply) => {
      reply.hijack();
      reply.raw.writeHead(200, { 'content-length': 2 });
      reply.raw.write('o');
      begun.resolve(reply.raw);
    });
    const stopping = Promise.withResolvers<undefined>();
    api.app.addHook('preClose', (done) => {
      done();
      setImmediate(stopping.resolve, undefined);
    });
    const socket = await open(api);
    socket.write('GET /held HTTP/1.1\r\nhost: x\r\n\r\n');
    const answer = await begun.promise;

    const closed = api.app.close();
    await stopping.promise;
    answer.end('k');

    expect(await readAll(socket)).toMatch(/ok$/);
    await expect(closed).resolves.toBeUndefined();
  });

  it('does not wait for connections that do nothing', async () => {
    const api = buildTestServer();
    const socket = await open(api);
    socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(socket, 'data');

    const ended = once(socket, 'end');
    socket.resume();
    await api.app.close();

    await expect(ended).resolves.toBeDefined();
  });
});

describe('what is not HTTP', () => {
  it.each([
    ['nonsense', 'hello\r\n\r\n', 400, 'InvalidRequest'],
    [
      'endless headers',
      `GET / HTTP/1.1\r\nhost: x\r\nlong: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'HeadersTooLarge',
    ],
  ])('is answered in the one shape: %s', async (_title, bytes, status, code) => {
    const api = buildTestServer();
    const socket = await open(api);

    socket.write(bytes);
    const answer = await readAll(socket);

    await api.app.close();

    expect(answer.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
    expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({
      status,
      code,
      request_id: expect.any(String),
    });
  });
});
