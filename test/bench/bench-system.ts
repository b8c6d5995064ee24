/** The system under measurement: the processes of a server on a database and a Temporal task queue of its own. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { createTestDatabase } from '../support/postgres.ts';
import { createServerProcess, type ServerProcess } from '../support/server-process.ts';
import { environment, namedContext } from '../support/test-environment.ts';
import { until } from '../support/until.ts';

/** A running server. */
export interface BenchSystem {
  /** Where the tasks are, without a slash at the end. */
  readonly tasks: string;
  readonly databaseUrl: string;
  readonly taskQueue: string;
  stop(): Promise<void>;
}

const READY_MS = 60_000;

/** Which processes a server is made of, and what differs from its usual settings. */
export interface SystemOptions {
  /** The roles of each process; the first one has the role api. */
  readonly processes: readonly [string, ...string[]];
  readonly settings?: Readonly<Record<string, string>>;
}

/** Starts the processes of a server, one after the other; resolves once its api is ready. */
export async function startBenchSystem(options: SystemOptions): Promise<BenchSystem> {
  const database = await createTestDatabase();
  const logs = path.join(environment('STATE_DIR'), 'logs');
  mkdirSync(logs, { recursive: true });
  const start = (roles: string): ServerProcess =>
    createServerProcess({
      roles,
      settings: { ...usualSettings(database.url), ...options.settings },
      log: path.join(logs, `bench-${roles.replaceAll(',', '-')}`),
    });
  const [api, ...others] = options.processes;
  const server = start(api);
  const all = [server, ...others.map(start)];
  const stop = async (): Promise<void> => {
    for (const one of all) await one.stop();
    await database.drop();
  };
  try {
    for (const one of all) await one.start();
    const url = server.url();
    const isReady = async (): Promise<boolean> => (await fetch(`${url}/readyz`)).ok;
    await until(isReady, { what: `the server is ready\n${server.tail()}`, withinMs: READY_MS });
    return {
      tasks: `${url}/ga4gh/tes/v1/tasks`,
      databaseUrl: database.url,
      taskQueue: taskQueueOf(database.url),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function taskQueueOf(url: string): string {
  return new URL(url).pathname.slice(1);
}

/** What every process of ours is told that works on this database. */
export function usualSettings(databaseUrl: string): Record<string, string> {
  const context = namedContext();
  return {
    ORRERY_POSTGRES_URL: databaseUrl,
    ORRERY_TEMPORAL_ADDRESS: environment('TEMPORAL_ADDRESS'),
    ORRERY_TEMPORAL_TASK_QUEUE: taskQueueOf(databaseUrl),
    ORRERY_KUBECONFIG: environment('KUBECONFIG'),
    ...(context !== undefined && { ORRERY_KUBERNETES_CONTEXT: context }),
    ORRERY_TASK_NAMESPACE: environment('TASK_NAMESPACE'),
    ORRERY_SHIM_IMAGE: environment('SHIM_IMAGE'),
    ORRERY_TRANSPORTER_IMAGE: environment('TRANSPORTER_IMAGE'),
    ORRERY_HOST: '127.0.0.1',
    ORRERY_PORT: '0',
  };
}
