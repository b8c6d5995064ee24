import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { migrate } from '../../../src/store/migrate.ts';
import type { Pool } from '../../../src/store/pool.ts';
import { createEmptyDatabase, type TestDatabase } from '../../support/postgres.ts';
import { aPool } from '../../support/store.ts';
import { until } from '../../support/until.ts';

const MIGRATIONS = path.join(import.meta.dirname, '../../../src/store/migrations');
const LISTS = '0005_lists';
const TASKS = 200_000;
const CHUNK = 20_000;
const LONGEST_LOCK_MS = 1_000;

const silent = pino({ level: 'silent' });

const INSERT = `
  insert into tasks (id, owner, group_name, name, tags)
  values (gen_random_uuid(), 'writer', 'g', 'run', '{"run": "1"}')
`;

describe('migrate, on a database that others write to', () => {
  let database: TestDatabase;
  let pool: Pool;
  let directory: string;
  beforeEach(async () => {
    database = await createEmptyDatabase();
    pool = aPool(database.url);
    directory = await mkdtemp(path.join(tmpdir(), 'orrery-migrations-'));
    const files = (await readdir(MIGRATIONS)).filter((file) => file < LISTS);
    await Promise.all(
      files.map((file) => copyFile(path.join(MIGRATIONS, file), path.join(directory, file))),
    );
    await migrate(database.url, silent, directory);
    await copyFile(path.join(MIGRATIONS, `${LISTS}.sql`), path.join(directory, `${LISTS}.sql`));
  });
  afterEach(async () => {
    await pool.end();
    await database.drop();
    await rm(directory, { recursive: true });
  });

  /** In chunks, because one statement for all would be too long for the pool on a busy machine. */
  async function fill(tasks: number): Promise<void> {
    for (let first = 1; first <= tasks; first += CHUNK) {
      await pool.query(
        `insert into tasks (id, owner, group_name, name, tags)
         select gen_random_uuid(), 'ada', 'g', 'run-' || n,
           jsonb_build_object('run', md5(n::text), 'kind', n % 7)
         from generate_series($1::int, $2::int) as n`,
        [first, Math.min(tasks, first + CHUNK - 1)],
      );
    }
  }

  /** Inserts on and on, at least once, until the work is done; rejects when one waits too long for a lock. */
  async function insertDuring(work: Promise<unknown>): Promise<void> {
    const state = { isOver: false };
    const end = () => {
      state.isOver = true;
    };
    work.then(end, end);
    await usingWriter(async (insert) => {
      do {
        await insert();
      } while (!state.isOver);
    });
  }

  /** A connection that rather fails than waits a second for a lock. */
  async function usingWriter(
    use: (insert: () => Promise<unknown>) => Promise<void>,
  ): Promise<void> {
    const client = await pool.connect();
    try {
      await client.query(`set lock_timeout = ${LONGEST_LOCK_MS}`);
      await use(() => client.query(INSERT));
    } finally {
      client.release(true);
    }
  }

  /** A transaction that has written to the table and stays open: whatever excludes writers waits for its end. */
  async function openTransaction(): Promise<() => Promise<void>> {
    const client = await pool.connect();
    await client.query('begin');
    await client.query(INSERT);
    return async () => {
      await client.query('rollback');
      client.release();
    };
  }

  async function isHalfBuilt(index: string): Promise<void> {
    await until(async () => (await indexes())[index] === false, {
      what: `${index} is half built`,
      withinMs: 10_000,
    });
  }

  async function indexes(): Promise<Record<string, boolean>> {
    const { rows } = await pool.query<{ name: string; valid: boolean }>(
      `select relname as name, indisvalid as valid from pg_index join pg_class on oid = indexrelid
       where indrelid = 'tasks'::regclass`,
    );
    return Object.fromEntries(rows.map(({ name, valid }) => [name, valid]));
  }

  it('builds indexes of 200,000 tasks by one of two migrators, and no insert waits a second for a lock', async () => {
    await fill(TASKS);

    const both = Promise.all([1, 2].map(() => migrate(database.url, silent, directory)));
    await insertDuring(both);

    expect((await both).flat()).toEqual([LISTS]);
    expect(await indexes()).toMatchObject({ tasks_names: true, tasks_tag_keys: true });
    expect(await indexes()).not.toHaveProperty('tasks_name');
  }, 60_000);

  it('lets inserts pass while an index is built', async () => {
    const close = await openTransaction();

    const migrated = migrate(database.url, silent, directory);
    await isHalfBuilt('tasks_tag_keys');
    await usingWriter(async (insert) => {
      await insert();
    });
    expect(await indexes()).toMatchObject({ tasks_tag_keys: false });
    await close();

    expect(await migrated).toEqual([LISTS]);
  });

  it('builds an index anew whose building was killed', async () => {
    await fill(1_000);
    // The build waits for transactions that began before it, so it is certainly not finished when it is killed.
    const close = await openTransaction();

    const killed = migrate(database.url, silent, directory).catch((error: unknown) => error);
    await isHalfBuilt('tasks_tag_keys');
    await pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'orrery-migrate' and datname = current_database()",
    );
    expect(await killed).toMatchObject({ name: 'TransientError' });
    expect(await indexes()).toMatchObject({ tasks_tag_keys: false });
    await close();

    expect(await migrate(database.url, silent, directory)).toEqual([LISTS]);
    expect(await indexes()).toMatchObject({ tasks_names: true, tasks_tag_keys: true });
  });

  it('lets inserts pass while a change of a table waits for its lock, and repeats it', async () => {
    await migrate(database.url, silent, directory);
    await writeFile(
      path.join(directory, '9999_column.sql'),
      'alter table tasks add column probe int;',
    );
    const close = await openTransaction();
    const { promise: refused, resolve } = Promise.withResolvers<undefined>();
    const logger = pino(
      { level: 'warn' },
      {
        write: (line) => {
          if (line.includes('waits for a lock')) resolve(undefined);
        },
      },
    );

    const migrated = migrate(database.url, logger, directory);
    await insertDuring(refused);
    await close();

    expect(await migrated).toEqual(['9999_column']);
  });

  it('refuses a statement without a transaction that could not be repeated', async () => {
    await writeFile(
      path.join(directory, '9999_bad.sql'),
      '-- concurrently\ncreate index concurrently twice on tasks (state);',
    );

    await expect(migrate(database.url, silent, directory)).rejects.toThrow(
      'create index concurrently twice',
    );
  });
});
