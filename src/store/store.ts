/** All ports of Postgres over one pool. */
import type { Logger } from 'pino';

import { createAttemptStore } from './attempts.ts';
import { withTranslatedErrors } from './errors.ts';
import { createInstallationStore } from './installation.ts';
import { createOutboxStore } from './outbox.ts';
import { createDatabase, type Pool } from './pool.ts';
import type {
  AttemptStore,
  InstallationStore,
  OutboxStore,
  ProjectionStore,
  TaskStore,
} from './ports.ts';
import { createProjectionStore } from './sightings.ts';
import { createTaskStore } from './tasks.ts';

/** Everything that Orrery keeps in Postgres. */
export interface Store {
  readonly tasks: TaskStore;
  readonly attempts: AttemptStore;
  readonly projection: ProjectionStore;
  readonly outbox: OutboxStore;
  readonly installation: InstallationStore;
}

/** The ports over a pool, which stays the caller's to end. All of them throw TransientError for trouble that may heal. */
export function createStore(pool: Pool, logger: Logger): Store {
  const db = createDatabase(pool);
  return {
    tasks: withTranslatedErrors(createTaskStore({ pool, db }, logger)),
    attempts: withTranslatedErrors(createAttemptStore(db, logger)),
    projection: withTranslatedErrors(createProjectionStore(db, logger)),
    outbox: withTranslatedErrors(createOutboxStore(db)),
    installation: withTranslatedErrors(createInstallationStore(db)),
  };
}
