/** One migrating process at a time. */
import { setTimeout as pause } from 'node:timers/promises';

import { PG_MIGRATE_LOCK_ID } from 'node-pg-migrate';
import pg from 'pg';
import type { Logger } from 'pino';

const POLL_MS = 500;
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * No time limit for a statement, because an index of a large table takes its time. A paused process must not keep the
 * locks of a transaction.
 */
const SESSION = `
  set statement_timeout = 0;
  set lock_timeout = 0;
  set idle_in_transaction_session_timeout = '5s'
`;

/** Runs `use` on a connection of its own while no other process migrates this database. */
export async function withMigrationLock(
  url: string,
  logger: Logger,
  use: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'orrery-migrate',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  // Without a listener a lost connection would end the process; the query under way fails and tells.
  client.on('error', (err) => {
    logger.warn({ err }, 'lost the connection that migrates');
  });
  try {
    await client.connect();
    await client.query(SESSION);
    await waitForLock(client, logger);
    await use(client);
  } finally {
    // The end of the session rolls back what was begun and releases the lock.
    await client.end();
  }
}

/**
 * Asks again and again: a session that waits inside `pg_advisory_lock` keeps a snapshot, and the index that the other
 * process builds concurrently would wait for it for ever.
 */
async function waitForLock(client: pg.Client, logger: Logger): Promise<void> {
  const isLocked = async (): Promise<boolean> => {
    const { rows } = await client.query<{ locked: boolean }>(
      'select pg_try_advisory_lock($1) as locked',
      [PG_MIGRATE_LOCK_ID],
    );
    return rows[0]?.locked === true;
  };
  if (await isLocked()) return;
  logger.info('another process migrates the database; waiting for it');
  while (!(await isLocked())) await pause(POLL_MS);
}
