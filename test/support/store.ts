/** The store on a fresh database, and tasks to put into it. */
import { pino } from 'pino';
import { v7 } from 'uuid';

import { createPool, type Pool } from '../../src/store/pool.ts';
import type { NewTask, Settlement, StartLimits } from '../../src/store/ports.ts';
import { createStore, type Store } from '../../src/store/store.ts';
import type { TaskDocument } from '../../src/tes/task.ts';
import { createTestDatabase } from './postgres.ts';

/** A store over a database of its own. */
export interface TestStore extends Store {
  readonly url: string;
  readonly pool: Pool;
  /** The rows of a query, for what no port tells. */
  rows(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** As if the dispatcher had just found room for everything, now and until its next round. */
  makeRoom(): Promise<void>;
  close(): Promise<void>;
}

const silent = pino({ level: 'silent' });

/** A pool as the program makes it, for tests that need a second process. */
export function aPool(url: string, max = 10): Pool {
  const options = { url, max, applicationName: 'orrery-test', statementTimeout: 10_000 };
  return createPool(options, silent);
}

/** Limits that no test reaches unless it wants to. */
export const AMPLE: StartLimits = {
  pods: 100_000,
  inlineBytes: 2 ** 40,
  ownerPods: 100_000,
  ownerInlineBytes: 2 ** 40,
};

const MAKE_ROOM = `
  update dispatch_round set
    looked_at = now() + interval '1 day', free_pods = 100000, free_inline_bytes = 1000000000
`;

/** Opens a store on a fresh database, with room for fast claims; `close` drops it. */
export async function openTestStore(): Promise<TestStore> {
  const database = await createTestDatabase();
  const pool = aPool(database.url);
  await pool.query(MAKE_ROOM);
  return {
    ...createStore(pool, silent),
    url: database.url,
    pool,
    rows: async (text, values) => (await pool.query<Record<string, unknown>>(text, values)).rows,
    async makeRoom() {
      await pool.query(MAKE_ROOM);
    },
    async close() {
      await pool.end();
      await database.drop();
    },
  };
}

/** A store over a second pool, as another process has one. */
export function aSecondStore(pool: Pool): Store {
  return createStore(pool, silent);
}

/** A valid document with what a test cares about. */
export function aDocument(members: Partial<TaskDocument> = {}): TaskDocument {
  return { executors: [{ image: 'orrery.local/demo:1', command: ['true'] }], ...members };
}

/** A new task of owner `ada` with what a test cares about. */
export function aNewTask(members: Partial<NewTask> = {}): NewTask {
  return {
    id: v7(),
    owner: 'ada',
    group: 'ada',
    document: aDocument(),
    warnings: [],
    ...members,
  };
}

/** A settlement of a success with what a test cares about. */
export function aSettlement(members: Partial<Settlement> = {}): Settlement {
  return {
    verdict: {
      class: 'success',
      code: 'Completed',
      message: 'Every executor ended and every output is uploaded.',
      state: 'COMPLETE',
      retryable: false,
    },
    log: { logs: [{ exit_code: 0 }], outputs: [] },
    end: 'COMPLETE',
    provenDead: true,
    ...members,
  };
}

/** A settlement after which another attempt follows. */
export function aRetry(members: Omit<Partial<Settlement>, 'end'> = {}): Settlement {
  return {
    verdict: {
      class: 'infrastructure',
      code: 'NodeLost',
      message: 'The node was lost.',
      state: 'SYSTEM_ERROR',
      retryable: true,
    },
    log: { logs: [], outputs: [] },
    provenDead: true,
    ...members,
  };
}
