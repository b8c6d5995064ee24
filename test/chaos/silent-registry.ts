/** A registry of images that takes connections and never answers: pulls from it hang until somebody gives up. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A listening registry. */
export interface SilentRegistry {
  /** The reference of an image of it. */
  readonly image: string;
  close(): Promise<void>;
}

/** Listens where the nodes' container runtime can reach it. */
export async function openSilentRegistry(host: string): Promise<SilentRegistry> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    socket.resume();
  });
  server.listen(0, host);
  await once(server, 'listening');
  return {
    image: `${host}:${(server.address() as AddressInfo).port}/never/answers:1`,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
