/** Brings the tables up to date. */
import path from 'node:path';

import { runner } from 'node-pg-migrate';
import type { Logger } from 'pino';

import { translate } from './errors.ts';

const DIRECTORY = path.join(import.meta.dirname, 'migrations');

/**
 * Applies what is missing and returns the names of what it applied. Several processes may start together:
 * one migrates, the others wait for it and find nothing to do. Throws TransientError when Postgres cannot be reached.
 */
export async function migrate(url: string, logger: Logger): Promise<readonly string[]> {
  const log = (text: string): void => {
    logger.debug({ text }, 'migration');
  };
  try {
    const applied = await runner({
      databaseUrl: url,
      dir: DIRECTORY,
      direction: 'up',
      migrationsTable: 'migrations',
      advisoryLockMode: 'wait',
      logger: { info: log, warn: log, error: log },
    });
    return applied.map((migration) => migration.name);
  } catch (error) {
    throw translate(error);
  }
}
