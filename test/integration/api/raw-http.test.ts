/** What no well-behaved client library sends: bytes on a socket, as old, odd, slow and broken clients write them. */
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { openTestApi, type TestApi } from '../../support/api.ts';
import { whenClosed } from '../../support/when-closed.ts';

const TASK = '{"name":"☃","executors":[{"image":"a","command":["b"]}]}';
const UNHURRIED_MS = 20;

/** How long an answer may take before the connection is given up; most requests here close it themselves. */
const PATIENCE_MS = 10_000;

let api: TestApi;
let port: number;
const unhandled: unknown[] = [];
const remember = (reason: unknown) => unhandled.push(reason);

beforeAll(async () => {
  process.on('unhandledRejection', remember);
  api = await openTestApi({ settings: { bodyLimit: 100_000 } });
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  ({ port } = api.app.server.address() as AddressInfo);
});
afterAll(async () => {
  await api.close();
  process.off('unhandledRejection', remember);
});

/** Writes pieces with a pause between them and returns all that is answered until the other side closes. */
async function talk(
  pieces: readonly (string | Buffer)[],
  pauseMs = 0,
  patienceMs = PATIENCE_MS,
): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' });
  const answer: Buffer[] = [];
  socket.on('data', (data: Buffer) => answer.push(data));
  await once(socket, 'connect');
  const closed = whenClosed(socket);
  for (const piece of pieces) {
    if (socket.writable) socket.write(piece);
    if (pauseMs > 0) await sleep(pauseMs);
  }
  // Node takes the end of what a client sends for the end of its interest in the answer.
  await Promise.race([closed, sleep(patienceMs)]);
  socket.end();
  await closed;
  return Buffer.concat(answer).toString();
}

const statusesOf = (answer: string): number[] =>
  Array.from(answer.matchAll(/HTTP\/1\.1 (\d{3}) /g), ([, status]) => Number(status));

const head = (lines: readonly string[], request = 'POST /v1/tasks HTTP/1.1'): string =>
  [request, 'Host: x', ...lines, '', ''].join('\r\n');
const withLength = (body: string | Buffer, more: readonly string[] = []) =>
  Buffer.concat([
    Buffer.from(head([`Content-Length: ${Buffer.byteLength(body)}`, ...more])),
    Buffer.from(body),
  ]);
const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const CLOSE = 'Connection: close';

/** The fuzzed ones rarely close, and are answered at once or never. */
const ANSWERED_MS = 15;

describe('a client that writes its own HTTP', () => {
  it.each<[string, (string | Buffer)[]]>([
    [
      'in chunks',
      [
        head(['Transfer-Encoding: chunked', CLOSE]),
        chunk(TASK.slice(0, 9)),
        chunk(TASK.slice(9)),
        '0\r\n\r\n',
      ],
    ],
    [
      'in chunks with a trailer',
      [head(['Transfer-Encoding: chunked', CLOSE]), chunk(TASK), '0\r\nX-Sum: 1\r\n\r\n'],
    ],
    [
      'by HTTP/1.0',
      [head([`Content-Length: ${Buffer.byteLength(TASK)}`], 'POST /v1/tasks HTTP/1.0'), TASK],
    ],
    ['with a byte order mark', [withLength(`\ufeff${TASK}`, [CLOSE])]],
    [
      'with members twice, the last of which counts',
      [withLength(`{"executors":7,${TASK.slice(1)}`, [CLOSE])],
    ],
    ['without a host', [withLength(TASK, [CLOSE]).toString().replace('Host: x\r\n', '')]],
    ['byte by byte', [...withLength(TASK, [CLOSE])].map((byte) => Buffer.from([byte]))],
  ])('can create a task %s', async (_title, pieces) => {
    const answer = await talk(pieces, pieces.length < 100 ? UNHURRIED_MS : 1);
    const [, id = ''] = /"id":"([^"]+)"/.exec(answer) ?? [];

    expect(statusesOf(answer)).toEqual([200]);
    expect((await api.get(`/v1/tasks/${id}?view=FULL`)).json()).toMatchObject({ name: '☃' });
  });

  it('may send requests without waiting for answers, which come in their order', async () => {
    const get = (path: string) => head([], `GET ${path} HTTP/1.1`);

    const answer = await talk([
      Buffer.concat([
        withLength(TASK),
        Buffer.from(get('/v1/tasks/x') + get('/v1/service-info')),
        withLength('{', [CLOSE]),
      ]),
    ]);

    expect(statusesOf(answer)).toEqual([200, 404, 200, 400]);
  });

  it.each<[string, (string | Buffer)[], number]>([
    ['two lengths', [head(['Content-Length: 1', 'Content-Length: 2']), 'ab'], 400],
    [
      'a length and chunks',
      [head(['Content-Length: 5', 'Transfer-Encoding: chunked']), '0\r\n\r\n'],
      400,
    ],
    ['a negative length', [head(['Content-Length: -1'])], 400],
    ['a length beyond the limit', [head(['Content-Length: 99999999'])], 413],
    [
      'chunks beyond the limit',
      [
        head(['Transfer-Encoding: chunked']),
        ...Array.from({ length: 12 }, () => chunk('x'.repeat(10_000))),
        '0\r\n\r\n',
      ],
      413,
    ],
    ['chunks without a number', [head(['Transfer-Encoding: chunked']), 'zz\r\n'], 400],
    ['an unknown transfer encoding', [head(['Transfer-Encoding: gzip']), 'x'], 400],
    [
      'a gzip body that says so',
      [withLength(gzipSync(TASK), ['Content-Encoding: gzip', CLOSE])],
      415,
    ],
    ['a gzip body that does not', [withLength(gzipSync(TASK), [CLOSE])], 400],
    ['a NUL in a header', [head(['X-A: a\0b'])], 400],
    ['another protocol', ['\x16\x03\x01\x02\0\x01\0\x01'], 400],
  ])('is refused with %s in the shape of every error', async (_title, pieces, status) => {
    const answer = await talk(pieces, 1);

    expect(statusesOf(answer)).toEqual([status]);
    expect(answer).toMatch(/"request_id":"[^"]+"/);
  });

  it('gets no answer for a body that ends too early, and nothing is created', async () => {
    const before = await api.store.rows('select from tasks');
    const whole = withLength(TASK);

    await talk([whole.subarray(0, whole.length - 3)], 0, 0);

    expect(await api.store.rows('select from tasks')).toHaveLength(before.length);
  });

  it('never meets a 5xx, whatever its bytes are', async () => {
    const line = fc.oneof(
      fc.constantFrom(
        'Content-Length: 3',
        'Transfer-Encoding: chunked',
        'Expect: 100-continue',
        'Upgrade: h2c',
        'Connection: upgrade',
      ),
      fc.string({ unit: 'binary-ascii', maxLength: 30 }),
    );
    const request = fc.constantFrom(
      'POST /v1/tasks HTTP/1.1',
      'GET /v1/tasks HTTP/1.0',
      'PRI * HTTP/2.0',
      'OPTIONS * HTTP/1.1',
      'CONNECT x:1 HTTP/1.1',
    );

    await fc.assert(
      fc.asyncProperty(
        request,
        fc.array(line, { maxLength: 4 }),
        fc.uint8Array({ maxLength: 40 }),
        async (first, lines, body) => {
          const answer = await talk(
            [Buffer.concat([Buffer.from(head(lines, first)), Buffer.from(body)])],
            0,
            ANSWERED_MS,
          );

          expect(statusesOf(answer).filter((status) => status >= 500)).toEqual([]);
        },
      ),
      { interruptAfterTimeLimit: 2_500, numRuns: 500 },
    );
    expect(unhandled).toEqual([]);
    expect(api.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });
});
