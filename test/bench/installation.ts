import { pino } from 'pino';

import { createPool } from '../../src/store/pool.ts';
import { createStore } from '../../src/store/store.ts';

/** The id of the installation whose database this is. */
export async function installationOf(url: string): Promise<string> {
  const logger = pino({ level: 'silent' });
  const options = { url, max: 1, applicationName: 'orrery-bench', statementTimeout: 10_000 };
  const pool = createPool(options, logger);
  try {
    return await createStore(pool, logger).installation.id();
  } finally {
    await pool.end();
  }
}
