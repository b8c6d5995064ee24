/** The connections that the roles of one process share. */
import { homedir } from 'node:os';
import { join } from 'node:path';

import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';

import type { Config } from '../config/config.ts';
import { type ApiClient, createApiClient } from '../kubernetes/api-client.ts';
import { type KubeConfigSource, loadKubeConfig } from '../kubernetes/kube-config.ts';
import { createLeaseStore } from '../store/lease.ts';
import { createPool } from '../store/pool.ts';
import type { LeaseStore, Term } from '../store/ports.ts';
import { createStore, createTermStore, type Store, type TermStore } from '../store/store.ts';
import { createTemporalClient } from '../temporal/client.ts';
import { createTaskLauncher } from '../temporal/launcher.ts';
import type { TaskLauncher } from '../temporal/ports.ts';
import { createSearchAttributeUse } from '../temporal/search-attributes.ts';

/** Postgres, Temporal and Kubernetes as this process reaches them. */
export interface Engines {
  readonly config: Config;
  readonly logger: Logger;
  readonly store: Store;
  readonly lease: LeaseStore;
  /** The store of a controller for one term. */
  readonly termStore: (term: Term) => TermStore;
  /** Throws a TransientError when Postgres does not answer. */
  readonly pingPostgres: () => Promise<void>;
  readonly temporal: Client;
  readonly launcher: TaskLauncher;
  /** Connects to the cluster at the first call; the api role never needs it. */
  readonly kubernetes: () => ApiClient;
  close(): Promise<void>;
}

const STATEMENT_TIMEOUT_MS = 30_000;

/** A renewal must not queue behind requests: it has connections of its own, and one that hangs is given up early. */
const LEASE_CONNECTIONS = { max: 3, applicationName: 'orrery-lease', statementTimeout: 3_000 };

/** Creates the connections; none of them is opened before it is needed. */
export function createEngines(config: Config, logger: Logger): Engines {
  const pool = createPool(
    {
      url: config.postgres.url,
      max: config.postgres.poolSize,
      applicationName: 'orrery',
      statementTimeout: STATEMENT_TIMEOUT_MS,
    },
    logger,
  );
  const leasePool = createPool({ url: config.postgres.url, ...LEASE_CONNECTIONS }, logger);
  const temporal = createTemporalClient(config.temporal);
  const store = createStore(pool, logger);
  const { taskQueue, namespace } = config.temporal;
  let cluster: ApiClient | undefined;

  return {
    config,
    logger,
    store,
    lease: createLeaseStore(leasePool),
    termStore: (term) => createTermStore(pool, term, logger),
    pingPostgres: async () => {
      await pool.query('select 1');
    },
    temporal: temporal.client,
    launcher: createTaskLauncher(temporal.client, {
      taskQueue,
      summarise: (taskId) => store.summaries.find(taskId),
      searchAttributes: createSearchAttributeUse(temporal.connection, { namespace, logger }),
    }),
    kubernetes: () => (cluster ??= createApiClient(loadKubeConfig(sourceOf(config.kubernetes)))),
    async close() {
      cluster?.close();
      await temporal.close();
      await Promise.all([pool.end(), leasePool.end()]);
    },
  };
}

function sourceOf({ kubeconfig, context }: Config['kubernetes']): KubeConfigSource {
  if (kubeconfig === undefined && context === undefined) return { kind: 'in-cluster' };
  const path = kubeconfig ?? join(homedir(), '.kube', 'config');
  return { kind: 'file', path, ...(context !== undefined && { context }) };
}
