/** A line between a client and a server that can be cut. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A line that is open. */
export interface TcpLine {
  /** Where the client connects to, as `host:port`. */
  readonly address: string;
  /** Breaks every connection that exists; new ones can be made. */
  cut(): void;
  close(): Promise<void>;
}

/** Opens a line to a server, which is named as `host:port`. */
export async function openTcpLine(target: string): Promise<TcpLine> {
  const { hostname, port } = new URL(`tcp://${target}`);
  const sockets = new Set<Socket>();

  function join(from: Socket, to: Socket): void {
    sockets.add(from);
    from.once('error', () => to.destroy());
    from.once('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    from.pipe(to);
  }

  function cut(): void {
    for (const socket of sockets) socket.destroy();
  }

  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    join(client, upstream);
    join(upstream, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
