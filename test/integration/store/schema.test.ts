import { readFile } from 'node:fs/promises';

import { afterAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { migrate } from '../../../src/store/migrate.ts';
import type { Pool } from '../../../src/store/pool.ts';
import { dumpSchema } from '../../../src/store/schema-dump.ts';
import { createEmptyDatabase, type TestDatabase } from '../../support/postgres.ts';
import { aPool } from '../../support/store.ts';

const logger = pino({ level: 'silent' });

describe('migrate', () => {
  const databases: TestDatabase[] = [];
  const pools: Pool[] = [];

  async function anEmptyDatabase(): Promise<string> {
    const database = await createEmptyDatabase();
    databases.push(database);
    return database.url;
  }

  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await Promise.all(databases.map((database) => database.drop()));
  });

  it('lets several processes start together: one migrates, the others find nothing to do', async () => {
    const url = await anEmptyDatabase();

    const applied = await Promise.all([1, 2, 3].map(() => migrate(url, logger)));

    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    expect(applied.flat()).toContain('0001_tasks');
  });

  it('does nothing on a database that is up to date', async () => {
    const url = await anEmptyDatabase();
    await migrate(url, logger);

    expect(await migrate(url, logger)).toEqual([]);
  });

  it('says that the database cannot be reached as trouble that may heal', async () => {
    const refused = migrate('postgres://orrery@127.0.0.1:1/none', logger);

    await expect(refused).rejects.toMatchObject({ name: 'TransientError' });
  });

  it('leads to the schema that schema.sql shows; `npm run schema:dump` prints it', async () => {
    const url = await anEmptyDatabase();
    await migrate(url, logger);
    const pool = aPool(url);
    pools.push(pool);

    const committed = await readFile(
      new URL('../../../src/store/schema.sql', import.meta.url),
      'utf8',
    );

    expect(await dumpSchema(pool)).toBe(committed);
  });
});
