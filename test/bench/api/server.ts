/** The server under measurement: one process with the role api, whose Temporal never answers. */
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';

import { createTestDatabase } from '../../support/postgres.ts';
import { createServerProcess } from '../../support/server-process.ts';
import { environment } from '../../support/test-environment.ts';

/** A running api process on a database of its own. */
export interface BenchServer {
  /** Where the tasks are, without a slash at the end. */
  readonly tasks: string;
  readonly databaseUrl: string;
  /** Ends the process and drops the database. */
  stop(): Promise<void>;
}

/** The header that says who asks. */
export const OWNER_HEADER = 'x-forwarded-user';

/** Starts the server. Dispatch is paused: Temporal accepts connections and stays silent. */
export async function startBenchServer(): Promise<BenchServer> {
  const logs = path.join(environment('STATE_DIR'), 'logs');
  mkdirSync(logs, { recursive: true });
  const temporal = await listenSilently();
  const database = await createTestDatabase();
  const server = createServerProcess({
    roles: 'api',
    settings: {
      ORRERY_POSTGRES_URL: database.url,
      ORRERY_TEMPORAL_ADDRESS: temporal.address,
      ORRERY_SHIM_IMAGE: 'none',
      ORRERY_TRANSPORTER_IMAGE: 'none',
      ORRERY_FILE_CLAIMS: '/data=none',
      ORRERY_AUTH: 'trusted-header',
      ORRERY_AUTH_USER_HEADER: OWNER_HEADER,
      // One client on one address asks as fast as it can: the limits against that are not what is measured.
      ORRERY_CALLER_REQUESTS_PER_SECOND: '0',
      ORRERY_ADDRESS_REQUESTS_PER_SECOND: '0',
      ORRERY_HOST: '127.0.0.1',
      ORRERY_PORT: '0',
    },
    log: path.join(logs, 'bench-api'),
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    temporal.server.close();
    temporal.drop();
    await database.drop();
  };
  try {
    await server.start();
    return { tasks: `${server.url()}/ga4gh/tes/v1/tasks`, databaseUrl: database.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function listenSilently(): Promise<{ address: string; server: Server; drop: () => void }> {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  const { promise, resolve } = Promise.withResolvers<undefined>();
  server.listen(0, '127.0.0.1', () => {
    resolve(undefined);
  });
  await promise;
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return { address: `127.0.0.1:${port}`, server, drop };
}
