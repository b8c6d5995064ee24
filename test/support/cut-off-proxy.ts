/** A TCP proxy whose connections a test can cut, freeze or lead elsewhere. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A running proxy; `origin` takes the place of the server's own. */
export interface CutOffProxy extends AsyncDisposable {
  readonly origin: string;
  /** Ends every connection, as a load balancer does. */
  cut(): void;
  /** Ends every connection and takes no other, as a server that is down, until `up`. */
  down(): void;
  up(): void;
  /** Ends every connection and leads the next ones to this server. */
  leadTo(server: string): void;
  /** Lets nothing through any more on the connections there are, as a vanished machine does. */
  freeze(): void;
}

/** Starts a proxy in front of a server. */
export async function startCutOffProxy(server: string): Promise<CutOffProxy> {
  let target = new URL(server);
  const sockets = new Set<Socket>();
  let isDown = false;
  const proxy = createServer((client) => {
    if (isDown) {
      client.destroy();
      return;
    }
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
        sockets.delete(socket);
      });
    }
    client.pipe(upstream).pipe(client);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    origin: `${target.protocol}//127.0.0.1:${port}`,
    cut,
    down() {
      isDown = true;
      cut();
    },
    up() {
      isDown = false;
    },
    leadTo(other) {
      target = new URL(other);
      cut();
    },
    freeze: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    async [Symbol.asyncDispose]() {
      cut();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
