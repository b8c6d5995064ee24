/** Brings the database up to date and exits; for deployments that migrate in a step of its own. */
import { loadConfig } from '../config/load.ts';
import { migrate } from '../store/migrate.ts';
import { createLogger } from '../telemetry/logger.ts';

const config = loadConfig();
const logger = createLogger({ level: config.log.level, role: 'migrate' });
const applied = await migrate(config.postgres.url, logger);
logger.info({ applied }, 'database is up to date');
