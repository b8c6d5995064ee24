import { connect, createServer } from 'node:net';

/** True when nothing listens on this port of the loopback address. */
export async function isFreePort(port: number): Promise<boolean> {
  return (await listenOnce(port)) === port;
}

/** The wanted port when it is free, else one that is. */
export async function freePort(wanted = 0): Promise<number> {
  return (await listenOnce(wanted)) ?? freePort();
}

/** True when a connection to this port of the loopback address is accepted. */
export async function answersOn(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => {
      end(true);
    });
    socket.once('error', () => {
      end(false);
    });
  });
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
