/** A line to Temporal that counts the requests on it. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

import { environment } from '../support/test-environment.ts';

/** An open line. */
export interface TemporalMeter {
  /** Where clients connect to, and where it leads; both as `host:port`. */
  readonly address: string;
  readonly target: string;
  /** How many requests there were so far. */
  count(): number;
  close(): Promise<void>;
}

const PREFACE_BYTES = 24;
const FRAME_HEADER_BYTES = 9;
const HEADERS_FRAME = 1;

/** Opens the line before the Temporal of the environment. */
export async function openTemporalMeter(): Promise<TemporalMeter> {
  const target = environment('TEMPORAL_ADDRESS');
  const { hostname, port } = new URL(`tcp://${target}`);
  const sockets = new Set<Socket>();
  let requests = 0;

  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    const countIn = createRequestCounter();
    client.on('data', (chunk: Buffer) => {
      requests += countIn(chunk);
    });
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.setNoDelay(true);
      one.on('error', () => undefined);
      one.once('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    target,
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: () => requests,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Counts the frames of HTTP/2 that begin a request, in what a client sends piece by piece. */
function createRequestCounter(): (chunk: Buffer) => number {
  let toSkip = PREFACE_BYTES;
  let header = Buffer.alloc(0);

  return (chunk) => {
    let found = 0;
    let at = 0;
    while (at < chunk.length) {
      const skipped = Math.min(toSkip, chunk.length - at);
      toSkip -= skipped;
      at += skipped;
      if (toSkip > 0) break;
      const piece = chunk.subarray(at, at + FRAME_HEADER_BYTES - header.length);
      header = Buffer.concat([header, piece]);
      at += piece.length;
      if (header.length < FRAME_HEADER_BYTES) break;
      if (header[3] === HEADERS_FRAME) found += 1;
      toSkip = header.readUIntBE(0, 3);
      header = Buffer.alloc(0);
    }
    return found;
  };
}
