/** All ports of Postgres over one pool. */
import type { Logger } from 'pino';

import { createAdministrationStore } from './administration.ts';
import { createAttemptStore } from './attempts.ts';
import type { AdministrationStore, CollectorStore } from './collect-ports.ts';
import { createCollectorStore } from './collector-rows.ts';
import type { Database } from './database.ts';
import { withTranslatedErrors } from './errors.ts';
import { createFence, createFencedDatabase } from './fenced-database.ts';
import { createInstallationStore } from './installation.ts';
import { createOpenAttemptStore } from './open-attempts.ts';
import { createOutboxStore } from './outbox.ts';
import { createDatabase, type Pool } from './pool.ts';
import type {
  AttemptStore,
  Fence,
  InstallationStore,
  OpenAttemptStore,
  OutboxStore,
  ProjectionStore,
  RefusalStore,
  RetentionStore,
  StatisticsStore,
  SummaryStore,
  TaskStore,
  Term,
  WakeStore,
} from './ports.ts';
import { createRefusalStore } from './refusals.ts';
import { createRetentionStore } from './retention.ts';
import { createProjectionStore } from './sightings.ts';
import { createStatisticsStore } from './statistics.ts';
import { createSummaryStore } from './summaries.ts';
import { createTaskStore } from './tasks.ts';
import { createWakeStore } from './wakes.ts';

/** Everything that Orrery keeps in Postgres. */
export interface Store {
  readonly tasks: TaskStore;
  readonly attempts: AttemptStore;
  readonly openAttempts: OpenAttemptStore;
  readonly projection: ProjectionStore;
  readonly outbox: OutboxStore;
  readonly retention: RetentionStore;
  readonly installation: InstallationStore;
  readonly statistics: StatisticsStore;
  readonly summaries: SummaryStore;
  readonly refusals: RefusalStore;
  readonly wakes: WakeStore;
  readonly collector: CollectorStore;
  readonly administration: AdministrationStore;
}

/** The same without the tasks of clients, and with the fence for what Postgres cannot refuse. */
export interface TermStore extends Omit<Store, 'tasks' | 'wakes'> {
  readonly fence: Fence;
}

/** The ports over a pool, which stays the caller's to end. All of them throw TransientError for trouble that may heal. */
export function createStore(pool: Pool, logger: Logger): Store {
  const db = createDatabase(pool);
  return {
    tasks: withTranslatedErrors(createTaskStore({ pool, db }, logger)),
    wakes: createWakeStore(pool, logger),
    ...createRowStores(db, logger),
  };
}

/** The ports of a controller for one term: once the lease is lost they throw LeaseLost and change nothing. */
export function createTermStore(pool: Pool, term: Term, logger: Logger): TermStore {
  return {
    ...createRowStores(createFencedDatabase(pool, term), logger),
    fence: createFence(pool, term),
  };
}

function createRowStores(db: Database, logger: Logger): Omit<Store, 'tasks' | 'wakes'> {
  return {
    attempts: withTranslatedErrors(createAttemptStore(db, logger)),
    openAttempts: withTranslatedErrors(createOpenAttemptStore(db)),
    projection: withTranslatedErrors(createProjectionStore(db, logger)),
    outbox: withTranslatedErrors(createOutboxStore(db)),
    retention: withTranslatedErrors(createRetentionStore(db)),
    installation: withTranslatedErrors(createInstallationStore(db)),
    statistics: withTranslatedErrors(createStatisticsStore(db)),
    summaries: withTranslatedErrors(createSummaryStore(db)),
    refusals: withTranslatedErrors(createRefusalStore(db)),
    collector: withTranslatedErrors(createCollectorStore(db)),
    administration: withTranslatedErrors(createAdministrationStore(db, logger)),
  };
}
