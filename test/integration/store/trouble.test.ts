import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { pino } from 'pino';

import { isTransient } from '../../../src/store/errors.ts';
import { createPool } from '../../../src/store/pool.ts';
import { aNewTask, aSecondStore, openTestStore, type TestStore } from '../../support/store.ts';

describe('trouble with Postgres', () => {
  let store: TestStore;
  beforeEach(async () => {
    store = await openTestStore();
  });
  afterEach(() => store.close());

  it('is a TransientError when nobody listens', async () => {
    const pool = createPool(
      {
        url: 'postgres://orrery@127.0.0.1:1/none',
        max: 1,
        applicationName: 'orrery-test',
        statementTimeout: 1_000,
      },
      pino({ level: 'silent' }),
    );
    const unreachable = aSecondStore(pool);

    await expect(unreachable.tasks.create(aNewTask())).rejects.toMatchObject({
      name: 'TransientError',
      status: 503,
    });
    await expect(unreachable.attempts.open(aNewTask().id)).rejects.toMatchObject({
      name: 'TransientError',
    });
    await pool.end();
  });

  it('heals by itself after all connections were cut', async () => {
    const task = aNewTask();
    await store.tasks.create(task);
    const cut =
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()';

    await expect(store.rows(cut)).rejects.toMatchObject({ code: '57P01' });

    await expect(store.attempts.open(task.id)).resolves.toMatchObject({ kind: 'open' });
  });

  it('is a TransientError when the statement takes too long for its lock', async () => {
    const task = aNewTask();
    await store.tasks.create(task);
    const holder = await store.pool.connect();
    await holder.query('begin');
    await holder.query('select from tasks where id = $1 for update', [task.id]);
    const pool = createPool(
      { url: store.url, max: 1, applicationName: 'orrery-test', statementTimeout: 100 },
      pino({ level: 'silent' }),
    );

    await expect(aSecondStore(pool).attempts.open(task.id)).rejects.toMatchObject({
      name: 'TransientError',
      cause: { code: '57014' },
    });

    await holder.query('rollback');
    holder.release();
    await pool.end();
  });

  it('does not end the process when Postgres ends the transaction of a paused one', async () => {
    const task = aNewTask();
    await store.tasks.create(task);
    const paused = await store.pool.connect();
    await paused.query("set idle_in_transaction_session_timeout = '50 ms'");
    await paused.query('begin');
    await paused.query('select from tasks where id = $1 for update', [task.id]);

    await expect(store.attempts.open(task.id)).resolves.toMatchObject({ kind: 'open' });

    const late = await paused.query('commit').catch((error: unknown) => error);
    paused.release(true);
    expect(isTransient(late)).toBe(true);
  });

  it.each([
    ['40001', true],
    ['40P01', true],
    ['57P03', true],
    ['08006', true],
    ['53300', true],
    ['25P03', true],
    ['25006', true],
    ['55P03', true],
    ['ECONNRESET', true],
    ['23505', false],
    ['22P02', false],
  ])('with code %s may heal: %s', (code, heals) => {
    expect(isTransient(Object.assign(new Error('x'), { code }))).toBe(heals);
  });

  it('may heal when the driver gives up waiting for an answer', async () => {
    const pool = new pg.Pool({ connectionString: store.url, query_timeout: 50 });
    const failure = await pool.query('select pg_sleep(1)').catch((error: unknown) => error);
    await pool.end();

    expect(failure).toMatchObject({ message: 'Query read timeout' });
    expect(isTransient(failure)).toBe(true);
  });
});
