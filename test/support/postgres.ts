/** Fresh, migrated databases for tests: clones of a template that is migrated once. */
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import pg from 'pg';
import { pino } from 'pino';

import { migrate } from '../../src/store/migrate.ts';

const MIGRATIONS = path.join(import.meta.dirname, '../../src/store/migrations');
const TEMPLATE_LOCK = 5_021_994;

/** A database of one test file. */
export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** The address of the Postgres that tests may make databases in. */
export function adminUrl(): string {
  const url = process.env['ORRERY_TEST_POSTGRES_URL'];
  if (url !== undefined && url !== '') return url;
  throw new Error('ORRERY_TEST_POSTGRES_URL is not set; run the tests by `npm test`.');
}

/** A fresh database with all migrations applied. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = `orrery_template_${await hashMigrations()}`;
  return withAdmin(async (admin) => {
    await ensureTemplate(admin, template);
    return cloneDatabase(admin, template);
  });
}

/** A fresh database without any tables. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return withAdmin((admin) => cloneDatabase(admin, 'template0'));
}

async function cloneDatabase(admin: pg.Client, template: string): Promise<TestDatabase> {
  const name = `orrery_test_${randomBytes(6).toString('hex')}`;
  await admin.query(`create database ${name} template ${template}`);
  return {
    url: databaseUrl(name),
    drop: () =>
      withAdmin(async (other) => {
        await other.query(`drop database if exists ${name} with (force)`);
      }),
  };
}

/** Test files run side by side: the first one migrates, the others wait for it. */
async function ensureTemplate(admin: pg.Client, template: string): Promise<void> {
  await admin.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    const found = await admin.query('select from pg_database where datname = $1', [template]);
    if (found.rowCount === 1) return;
    const unfinished = `${template}_unfinished`;
    await admin.query(`drop database if exists ${unfinished} with (force)`);
    await admin.query(`create database ${unfinished} template template0`);
    await migrate(databaseUrl(unfinished), pino({ level: 'silent' }));
    await admin.query(`alter database ${unfinished} rename to ${template}`);
  } finally {
    await admin.query('select pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
}

async function hashMigrations(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of (await readdir(MIGRATIONS)).toSorted()) {
    hash.update(await readFile(path.join(MIGRATIONS, file)));
  }
  return hash.digest('hex').slice(0, 12);
}

function databaseUrl(name: string): string {
  const url = new URL(adminUrl());
  url.pathname = `/${name}`;
  return url.href;
}

async function withAdmin<Result>(use: (admin: pg.Client) => Promise<Result>): Promise<Result> {
  const admin = new pg.Client({ connectionString: adminUrl() });
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.end();
  }
}
