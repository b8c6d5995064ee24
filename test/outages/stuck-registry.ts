/** A registry that takes connections and never answers: pulls from it hang. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A registry on this machine. */
export interface StuckRegistry {
  /** An image whose pull hangs; each name is another one. */
  image(name: string): string;
  /** From now on pulls fail at once. */
  close(): Promise<void>;
}

/** Listens on the loopback address, where container runtimes speak plain HTTP. */
export async function openStuckRegistry(): Promise<StuckRegistry> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    socket.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    image: (name) => `127.0.0.1:${port}/${name}:1`,
    async close() {
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}
