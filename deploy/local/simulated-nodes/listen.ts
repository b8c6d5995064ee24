import type { Server } from 'node:net';

/** Lets a server listen on a free port of the loopback address, and returns the port. */
export async function listenOnFreePort(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('a server without a port');
  return address.port;
}
