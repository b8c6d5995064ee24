/** `orrery migrate`: brings the database up to date and exits; for deployments that migrate in a step of its own. */
import { Command } from 'commander';

import { loadConfig } from '../../config/load.ts';
import { migrate } from '../../store/migrate.ts';
import { createLogger } from '../../telemetry/logger.ts';

/** The command. */
export function migrateCommand(): Command {
  return new Command('migrate').description('Brings the database up to date.').action(async () => {
    const config = loadConfig();
    const logger = createLogger({ level: config.log.level, role: 'migrate' });
    const applied = await migrate(config.postgres.url, logger);
    logger.info({ applied }, 'database is up to date');
  });
}
