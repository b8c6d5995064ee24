/** Reading single tasks. Callers at once share a statement, which is a round trip and a plan less for each. */
import type { Task, View } from '../tes/task.ts';
import { createBatcher } from './batcher.ts';
import { toBinaryArray } from './binary-array.ts';
import type { Pool } from './pool.ts';
import { FULL_COLUMNS, type FullRow, toTask } from './task-rows.ts';
import { isTaskId, toStorable } from './text.ts';

interface Wanted {
  readonly owner: string;
  readonly id: string;
}

/** Reads a task of an owner; undefined when there is none. */
export type TaskReader = (owner: string, id: string, view: View) => Promise<Task | undefined>;

/** Behind a subquery Postgres does not see how many are wanted, and so keeps one plan instead of making one a call. */
const WANTED = `
  unnest((select $1::text[]), (select $2::text[])) with ordinality as wanted (id, owner, place)
`;
const FOUND = `tasks on tasks.id = wanted.id::uuid and tasks.owner = wanted.owner`;

const MINIMAL = {
  name: 'get-minimal',
  text: `select place::int, tasks.id, tasks.state from ${WANTED} join ${FOUND}`,
};

const FULL = {
  name: 'get-full',
  text: `
    select place::int, ${FULL_COLUMNS} from ${WANTED} join ${FOUND}
    join task_documents on task_documents.task_id = tasks.id
  `,
};

const LANES = 4;
const LARGEST_BATCH = 16;

/** The reader over a pool. */
export function createTaskReader(pool: Pool): TaskReader {
  const options = { lanes: LANES, limit: LARGEST_BATCH, mayRepeat: () => false };
  const minimal = createBatcher({
    ...options,
    run: (wanted: readonly Wanted[]) => find<Task>(pool, MINIMAL, wanted),
  });
  const full = createBatcher({
    ...options,
    run: (wanted: readonly Wanted[]) => find<FullRow>(pool, FULL, wanted),
  });
  return async (owner, id, view) => {
    if (!isTaskId(id)) return undefined;
    const wanted = { owner: toStorable(owner), id };
    if (view !== 'MINIMAL') {
      const row = await full(wanted);
      return row && toTask(row, view);
    }
    const row = await minimal(wanted);
    return row && { id: row.id, state: row.state };
  };
}

async function find<Row extends object>(
  pool: Pool,
  query: { readonly name: string; readonly text: string },
  wanted: readonly Wanted[],
): Promise<(Row | undefined)[]> {
  const values = [
    toBinaryArray(
      'text',
      wanted.map(({ id }) => id),
    ),
    toBinaryArray(
      'text',
      wanted.map(({ owner }) => owner),
    ),
  ];
  const { rows } = await pool.query<Row & { place: number }>({ ...query, values });
  const byPlace = new Map(rows.map((row) => [row.place, row]));
  return wanted.map((_, index) => byPlace.get(index + 1));
}
