/**
 * Load on one URL: each connection posts, waits for the answer and posts again. Plain sockets and a request that is
 * built once, because the generator shares the cores with the server.
 */
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';

/** What is sent, how and for how long. */
export interface Load {
  readonly url: string;
  readonly body: string;
  readonly connections: number;
  readonly seconds: number;
}

/** Times are in milliseconds since the load began. */
export interface LoadResult {
  readonly answers: { readonly at: number; readonly took: number }[];
  /** Answers that were not 200. */
  refused: number;
}

const HEAD_END = '\r\n\r\n';
const ANSWER_MS = 10_000;

/** Runs the load to its end. Throws when a connection breaks or an answer does not come. */
export async function runLoad(load: Load): Promise<LoadResult> {
  const result: LoadResult = { answers: [], refused: 0 };
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: load.connections }, () => runConnection(load, startedAt, result)),
  );
  return result;
}

function runConnection(load: Load, startedAt: number, result: LoadResult): Promise<void> {
  const url = new URL(load.url);
  const request = buildRequest(url, load.body);
  const endAt = startedAt + load.seconds * 1000;
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  let sentAt = 0;
  let received = '';
  const send = (): void => {
    sentAt = performance.now();
    socket.write(request);
  };
  socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error(`no answer in ${ANSWER_MS} ms`)));
  socket.once('connect', send);
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
    if (!isWhole(received)) return;
    const now = performance.now();
    result.answers.push({ at: now - startedAt, took: now - sentAt });
    if (!received.startsWith('HTTP/1.1 200')) result.refused += 1;
    received = '';
    if (now < endAt) send();
    else socket.end();
  });
  socket.once('error', reject);
  socket.once('close', () => {
    resolve(undefined);
  });
  return promise;
}

function buildRequest(url: URL, body: string): Buffer {
  const head = [
    `POST ${url.pathname} HTTP/1.1`,
    `host: ${url.host}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}${HEAD_END}${body}`);
}

function isWhole(received: string): boolean {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd === -1) return false;
  const [, length = '0'] = /^content-length: (\d+)/im.exec(received) ?? [];
  return received.length >= headEnd + HEAD_END.length + Number(length);
}
