/** The rows as the harness reads them by itself, past all lines: who is in which state now. */
import pg from 'pg';

import { OPEN_STATES, type OpenState } from './matrix.ts';

/** One open task. Instants are epoch milliseconds. */
export interface OpenTask {
  readonly id: string;
  readonly state: OpenState;
  readonly createdAt: number;
  /** Its open attempt, if there is one. */
  readonly attempt?: number;
  readonly openedAt?: number;
  readonly podUid?: string;
  readonly nodeName?: string;
}

/** A terminal state and when it was first seen. */
export interface FirstEnd {
  readonly state: string;
  readonly seenAt: number;
}

/** A reader of the database that looks again and again. */
export interface Census {
  /** Reads now. */
  read(): Promise<readonly OpenTask[]>;
  /** As last read. */
  last(): readonly OpenTask[];
  /** The first terminal state that was read of each task. */
  firstEnds(): ReadonlyMap<string, FirstEnd>;
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

interface Row {
  readonly id: string;
  readonly state: string;
  readonly created_at: Date;
  readonly number: number | null;
  readonly opened_at: Date | null;
  readonly pod_uid: string | null;
  readonly node_name: string | null;
}

const OPEN = `
  select tasks.id, state, created_at, number, opened_at, pod_uid, node_name
  from tasks left join attempts on task_id = tasks.id and settled_at is null
  where state = any($1)`;

/** Connects to the database of the run. */
export function openCensus(databaseUrl: string): Census {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });
  pool.on('error', () => undefined);
  const firstEnds = new Map<string, FirstEnd>();
  let last: readonly OpenTask[] = [];

  async function query<Row extends pg.QueryResultRow>(
    text: string,
    values?: unknown[],
  ): Promise<Row[]> {
    return (await pool.query<Row>(text, values)).rows;
  }

  async function noteEnds(now: readonly OpenTask[]): Promise<void> {
    const open = new Set(now.map(({ id }) => id));
    const ended = last.map(({ id }) => id).filter((id) => !open.has(id) && !firstEnds.has(id));
    if (ended.length === 0) return;
    const rows = await query<{ id: string; state: string }>(
      'select id, state from tasks where id = any($1::uuid[])',
      [ended],
    );
    for (const { id, state } of rows) firstEnds.set(id, { state, seenAt: Date.now() });
  }

  return {
    query,
    last: () => last,
    firstEnds: () => firstEnds,
    async read() {
      const now = (await query<Row>(OPEN, [OPEN_STATES])).map(toOpenTask);
      await noteEnds(now);
      last = now;
      return now;
    },
    close: () => pool.end(),
  };
}

function toOpenTask(row: Row): OpenTask {
  return {
    id: row.id,
    state: row.state as OpenState,
    createdAt: row.created_at.getTime(),
    ...(row.number !== null && { attempt: row.number }),
    ...(row.opened_at !== null && { openedAt: row.opened_at.getTime() }),
    ...(row.pod_uid !== null && { podUid: row.pod_uid }),
    ...(row.node_name !== null && { nodeName: row.node_name }),
  };
}
