/** The line between one process and one engine, which can be cut, stalled and taken down. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { connect as connectSecurely, type ConnectionOptions } from 'node:tls';

/** Where a line leads. With `tls` the client speaks plainly and the line encrypts. */
export interface LineTarget {
  readonly host: string;
  readonly port: number;
  readonly tls?: ConnectionOptions;
}

/** An open line. What breaks connections says how many there were. */
export interface EngineLine {
  /** Where the process connects to. */
  readonly host: string;
  readonly port: number;
  /** How many connections there are. */
  count(): number;
  /** Resets every connection; new ones can be made. */
  cut(): number;
  /** Resets the connections on which a watch of the Kubernetes API is open. */
  cutWatches(): number;
  /** Lets nothing through any more, in either direction, on old and new connections. */
  stall(): number;
  /** Resets every connection and refuses new ones. */
  takeDown(): number;
  /** Undoes `stall` and `takeDown`; what was held back flows on. */
  heal(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
  isWatch: boolean;
}

const LOCAL = '127.0.0.1';

/** Opens a line on a free port. */
export async function openEngineLine(target: LineTarget): Promise<EngineLine> {
  const pairs = new Set<Pair>();
  let state: 'open' | 'stalled' | 'down' = 'open';

  function add(client: Socket): void {
    if (state === 'down') {
      client.resetAndDestroy();
      return;
    }
    const pair: Pair = { client, upstream: connectTo(target), isWatch: false };
    pairs.add(pair);
    client.on('data', (chunk: Buffer) => {
      const isRequest = chunk.subarray(0, 5).toString('latin1').startsWith('GET /');
      if (isRequest) pair.isWatch = isWatchRequest(chunk);
    });
    for (const socket of [pair.client, pair.upstream]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        pairs.delete(pair);
        pair.client.destroy();
        pair.upstream.destroy();
      });
    }
    if (state === 'open') flow(pair);
    else hold(pair);
  }

  function reset(chosen: readonly Pair[]): number {
    for (const { client, upstream } of chosen) {
      client.resetAndDestroy();
      upstream.destroy();
    }
    return chosen.length;
  }

  const server = createServer(add);
  server.listen(0, LOCAL);
  await once(server, 'listening');
  return {
    host: LOCAL,
    port: (server.address() as AddressInfo).port,
    count: () => pairs.size,
    cut: () => reset([...pairs]),
    cutWatches: () => reset([...pairs].filter(({ isWatch }) => isWatch)),
    stall() {
      state = 'stalled';
      for (const pair of pairs) hold(pair);
      return pairs.size;
    },
    takeDown() {
      state = 'down';
      return reset([...pairs]);
    },
    heal() {
      if (state === 'stalled') for (const pair of pairs) flow(pair);
      state = 'open';
    },
    async close() {
      state = 'down';
      reset([...pairs]);
      server.close();
      await once(server, 'close');
    },
  };
}

function connectTo({ host, port, tls }: LineTarget): Socket {
  return tls === undefined ? connect(port, host) : connectSecurely({ ...tls, host, port });
}

function flow({ client, upstream }: Pair): void {
  client.pipe(upstream);
  upstream.pipe(client);
}

function hold({ client, upstream }: Pair): void {
  for (const socket of [client, upstream]) socket.unpipe().pause();
}

function isWatchRequest(chunk: Buffer): boolean {
  const end = chunk.indexOf('\r\n');
  return chunk.subarray(0, end === -1 ? undefined : end).includes('watch=true');
}
