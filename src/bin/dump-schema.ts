/** Prints the schema of the database in ORRERY_POSTGRES_URL: `npm run schema:dump > src/store/schema.sql`. */
import { loadConfig } from '../config/load.ts';
import { createPool } from '../store/pool.ts';
import { dumpSchema } from '../store/schema-dump.ts';
import { createLogger } from '../telemetry/logger.ts';

const config = loadConfig();
const logger = createLogger({ level: config.log.level, role: 'dump-schema' });
const options = {
  url: config.postgres.url,
  max: 1,
  applicationName: 'orrery',
  statementTimeout: 30_000,
};
const pool = createPool(options, logger);
console.log((await dumpSchema(pool)).trimEnd());
await pool.end();
