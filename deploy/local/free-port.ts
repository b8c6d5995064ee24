import { createServer } from 'node:net';

/** True when nothing listens on this port of the loopback address. */
export async function isFreePort(port: number): Promise<boolean> {
  return (await listenOnce(port)) === port;
}

/** The wanted port when it is free, else one that is. */
export async function freePort(wanted = 0): Promise<number> {
  return (await listenOnce(wanted)) ?? freePort();
}

async function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(undefined);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' ? address?.port : undefined);
      });
    });
  });
}
