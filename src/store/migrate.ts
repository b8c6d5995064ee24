/** Brings the tables up to date, also those of a filled database that others write to. */
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { runner } from 'node-pg-migrate';
import type pg from 'pg';
import type { Logger } from 'pino';

import { translate } from './errors.ts';
import { readMigrations } from './migration-files.ts';
import { withMigrationLock } from './migration-lock.ts';

const DIRECTORY = path.join(import.meta.dirname, 'migrations');

const LOCK_PAUSE_MS = 1_000;
/** Ten minutes and more of long transactions, one after the other, are for somebody to look at. */
const MOST_TRIES = 600;

/** A lock was not to be had in time, or two transactions waited for each other: nothing was done, so it may be repeated. */
const LOCK_STATES = ['55P03', '40P01'];

/**
 * Applies what is missing, one migration after the other, and returns the names of what it applied. Several processes
 * may start together: one migrates, the others wait for it and find nothing to do. A migration that does not get its
 * lock at once lets others pass and tries again. Throws TransientError when Postgres cannot be reached.
 */
export async function migrate(
  url: string,
  logger: Logger,
  directory = DIRECTORY,
): Promise<readonly string[]> {
  const applied: string[] = [];
  for (let tries = 1; ; tries += 1) {
    try {
      await withMigrationLock(url, logger, (client) =>
        applyMissing(client, { directory, logger, applied }),
      );
      return applied;
    } catch (error) {
      if (tries === MOST_TRIES || !isLockTrouble(error)) throw translate(error);
      logger.warn({ err: error, tries }, 'a migration waits for a lock and tries again');
      await pause(LOCK_PAUSE_MS);
    }
  }
}

interface Progress {
  readonly directory: string;
  readonly logger: Logger;
  /** Names of what is done, also of tries that failed later. */
  readonly applied: string[];
}

async function applyMissing(
  client: pg.Client,
  { directory, logger, applied }: Progress,
): Promise<void> {
  const log = (text: string): void => {
    logger.debug({ text }, 'migration');
  };
  for (;;) {
    const [migration] = await runner({
      dbClient: client,
      dir: directory,
      direction: 'up',
      count: 1,
      migrationsTable: 'migrations',
      noLock: true,
      migrationLoaderStrategies: [{ extensions: ['.sql'], loader: readMigrations }],
      logger: { info: log, warn: log, error: log },
    });
    if (migration === undefined) return;
    applied.push(migration.name);
  }
}

function isLockTrouble(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  return LOCK_STATES.includes(String(code));
}
