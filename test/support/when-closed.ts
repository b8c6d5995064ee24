/** The end of a connection, however it comes. */
import type { Socket } from 'node:net';

/** Resolves once it is closed: a server that has refused may close while we still write, and that is no failure. */
export async function whenClosed(socket: Socket): Promise<void> {
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    socket.once('close', () => {
      resolve();
    });
  });
}
