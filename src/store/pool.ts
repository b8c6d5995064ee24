/** Connections to Postgres. */
import type { Socket } from 'node:net';

import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Logger } from 'pino';

import type { Database, Tables } from './database.ts';

/** How to reach Postgres. Times are in milliseconds. */
export interface PoolOptions {
  readonly url: string;
  /** Most connections of this process. */
  readonly max: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** The longest a statement may take, waiting for locks included. */
  readonly statementTimeout: number;
}

export type Pool = pg.Pool;

const CONNECT_TIMEOUT = 5_000;

/** A server that is there answers within the statement's time and a bit; one that has vanished says nothing at all. */
const SILENCE_BEYOND_STATEMENT = 5_000;

/**
 * A paused process would keep the lock of its task for ever; Postgres ends its transaction after this
 * time, so that others can go on.
 */
const IDLE_IN_TRANSACTION_TIMEOUT = 10_000;

/** A pool of connections, opened as they are needed. A lost connection is logged and replaced. */
export function createPool(options: PoolOptions, logger: Logger): Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.max,
    application_name: options.applicationName,
    statement_timeout: options.statementTimeout,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    keepAlive: true,
  });
  const warn = (err: Error): void => {
    logger.warn({ err }, 'lost a connection to the database');
  };
  // A client in use needs a listener of its own: an error between two statements would end the process.
  pool.on('connect', (client) => {
    client.on('error', warn);
    endWhenSilent(client, options.statementTimeout + SILENCE_BEYOND_STATEMENT);
  });
  pool.on('error', () => undefined);
  return pool;
}

/** Without it a query to a machine that vanished would wait for the time-outs of TCP, which are hours. */
function endWhenSilent(client: pg.PoolClient, ms: number): void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  stream.setTimeout(ms, () => {
    stream.destroy(new Error('Connection terminated: the server is silent'));
  });
}

/** The typed query builder over a pool. */
export function createDatabase(pool: Pool): Database {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}
