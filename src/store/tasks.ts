/** Tasks: what the API asks and writes. */
import type { Logger } from 'pino';

import { findCancelable } from './cancelable.ts';
import { createTaskCreator } from './create-task.ts';
import type { Database } from './database.ts';
import { createTaskReader } from './get-task.ts';
import { createOnceCreator } from './idempotency.ts';
import { listTasks } from './list-tasks.ts';
import type { Pool } from './pool.ts';
import type { TaskStore } from './ports.ts';
import { toStorable } from './text.ts';
import { cancelTask } from './wish.ts';

/** What the task store stands on: the pool for prepared statements, the builder over it for the rest. */
export interface Connections {
  readonly pool: Pool;
  readonly db: Database;
}

/** The tasks over a database. */
export function createTaskStore({ pool, db }: Connections, logger: Logger): TaskStore {
  return {
    create: createTaskCreator(pool),
    get: createTaskReader(pool),
    createOnce: createOnceCreator(pool),
    list: (owner, query) => listTasks(db, owner, query),
    cancel: (owner, id) => cancelTask(db, logger, { owner: toStorable(owner), id }),
    findCancelable: (owner, selection, limit) =>
      findCancelable(db, { owner: toStorable(owner), selection, limit }),
  };
}
