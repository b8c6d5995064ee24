import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { type EngineLine, openEngineLine } from '../../chaos/engine-line.ts';

let server: Server;
let line: EngineLine;

beforeEach(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  line = await openEngineLine({ host: '127.0.0.1', port });
});

afterEach(async () => {
  await line.close();
  server.close();
});

async function open(): Promise<Socket> {
  const socket = connect(line.port, line.host);
  await once(socket, 'connect');
  return socket;
}

/** What the server echoes. */
async function say(socket: Socket, text: string): Promise<string> {
  const answer = once(socket, 'data');
  socket.write(text);
  return String((await answer)[0]);
}

async function codeOf(socket: Socket): Promise<string | undefined> {
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  return error.code;
}

describe('the line to an engine', () => {
  it('lets everything through', async () => {
    const socket = await open();
    await expect(say(socket, 'hello')).resolves.toBe('hello');
    socket.destroy();
  });

  it('resets connections when it is cut, and takes new ones', async () => {
    const socket = await open();
    await say(socket, 'hello');
    const code = codeOf(socket);
    expect(line.cut()).toBe(1);
    await expect(code).resolves.toBe('ECONNRESET');
    const next = await open();
    await expect(say(next, 'again')).resolves.toBe('again');
    next.destroy();
  });

  it('holds back what is said while it is stalled, and lets it flow once it is healed', async () => {
    const socket = await open();
    await say(socket, 'hello');
    line.stall();
    const heard: string[] = [];
    socket.on('data', (chunk: Buffer) => heard.push(String(chunk)));
    socket.write('later');
    const other = await open();
    other.write('new');
    const answer = once(other, 'data');
    expect(heard).toEqual([]);
    line.heal();
    await expect(answer.then(([chunk]) => String(chunk))).resolves.toBe('new');
    expect(heard.join('')).toBe('later');
    socket.destroy();
    other.destroy();
  });

  it('refuses everybody while it is down', async () => {
    line.takeDown();
    await expect(codeOf(connect(line.port, line.host))).resolves.toBe('ECONNRESET');
  });

  it('closes the connections of watches alone', async () => {
    const watching = await open();
    await say(watching, 'GET /api/v1/pods?watch=true HTTP/1.1\r\n\r\n');
    const asking = await open();
    await say(asking, 'GET /api/v1/pods?limit=500 HTTP/1.1\r\n\r\n');
    const code = codeOf(watching);
    expect(line.cutWatches()).toBe(1);
    await expect(code).resolves.toBe('ECONNRESET');
    await expect(say(asking, 'still here')).resolves.toBe('still here');
    asking.destroy();
  });
});
