/** A database whose transactions commit only while a lease is held. */
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresDialect,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';

import { LeaseLost } from '../errors/lease-lost.ts';
import type { Database, Tables } from './database.ts';
import { withTranslatedErrors } from './errors.ts';
import type { Pool } from './pool.ts';
import type { Fence, Term } from './ports.ts';

/** A SQLSTATE of our own. */
const LOST = 'LEASE';

/** The fence for what Postgres cannot refuse, such as the deletion of a pod. */
export function createFence(pool: Pool, { epoch, onLost }: Term): Fence {
  return {
    epoch,
    ...withTranslatedErrors({
      async check() {
        const held = await pool.query(
          'select from lease where epoch = $1 and expires_at > clock_timestamp()',
          [epoch],
        );
        if (held.rowCount === 1) return;
        onLost();
        throw new LeaseLost(epoch);
      },
    }),
  };
}

/**
 * Check and commit travel in one message, so no pause of this process comes between them, and the lock on the lease
 * lives inside Postgres for as long as one commit takes: a successor never waits for us, and what it finds committed
 * is all that will ever come of this epoch.
 */
function commitWithin(epoch: number): string {
  return `
    do $$ begin
      perform from lease where epoch = ${epoch} and expires_at > clock_timestamp() for share;
      if not found then raise exception 'epoch ${epoch} has lost the lease' using errcode = '${LOST}'; end if;
    end $$;
    commit
  `;
}

/**
 * The typed query builder over a pool, where every transaction, and every single statement as a transaction of its
 * own, throws LeaseLost and takes no effect unless the epoch holds the lease when it commits.
 */
export function createFencedDatabase(pool: Pool, term: Term): Database {
  const inner = new PostgresDialect({ pool }).createDriver();
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createDriver: () => createFencedDriver(inner, term),
    },
  });
}

interface FencedConnection extends DatabaseConnection {
  readonly inner: DatabaseConnection;
  inTransaction: boolean;
}

function createFencedDriver(driver: Driver, term: Term): Driver {
  const text = commitWithin(term.epoch);

  async function commit(inner: DatabaseConnection): Promise<void> {
    try {
      await inner.executeQuery(CompiledQuery.raw(text));
    } catch (error) {
      if ((error as { code?: unknown }).code !== LOST) throw error;
      term.onLost();
      throw new LeaseLost(term.epoch, { cause: error });
    }
  }

  /** A statement outside of any transaction gets one of its own. */
  async function alone<Result>(
    inner: DatabaseConnection,
    run: () => Promise<Result>,
  ): Promise<Result> {
    await driver.beginTransaction(inner, {});
    try {
      const result = await run();
      await commit(inner);
      return result;
    } catch (error) {
      // Where even this fails the driver throws the connection away.
      await driver.rollbackTransaction(inner).catch(() => undefined);
      throw error;
    }
  }

  return {
    init: (options) => driver.init(options),
    destroy: (options) => driver.destroy(options),

    async acquireConnection(options) {
      const inner = await driver.acquireConnection(options);
      const connection: FencedConnection = {
        inner,
        inTransaction: false,
        executeQuery: (query, more) =>
          connection.inTransaction
            ? inner.executeQuery(query, more)
            : alone(inner, () => inner.executeQuery(query, more)),
        streamQuery: () => {
          throw new Error('A fenced database does not stream.');
        },
      };
      return connection;
    },
    releaseConnection: (connection, options) =>
      driver.releaseConnection(innerOf(connection), options),

    async beginTransaction(connection, settings) {
      await driver.beginTransaction(innerOf(connection), settings);
      (connection as FencedConnection).inTransaction = true;
    },
    commitTransaction: (connection) => commit(innerOf(connection)),
    rollbackTransaction: (connection) => driver.rollbackTransaction(innerOf(connection)),
  };
}

function innerOf(connection: DatabaseConnection): DatabaseConnection {
  return (connection as FencedConnection).inner;
}
