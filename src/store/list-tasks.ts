/** Lists of tasks: newest first, page by page. */
import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';

import type { ListQuery, TagFilter } from '../tes/list-query.ts';
import { encodePageToken } from '../tes/page-token.ts';
import type { TaskState } from '../tes/state.ts';
import type { Task, View } from '../tes/task.ts';
import type { Database, Tables } from './database.ts';
import type { TaskPage } from './ports.ts';
import { FULL_COLUMNS, type FullRow, toTask } from './task-rows.ts';
import { toStorable } from './text.ts';

type Query<Row> = SelectQueryBuilder<Tables, 'tasks', Row>;

/** Microseconds, because a page begins exactly behind the last task of the page before. */
const toCursorTime = (time: RawBuilder<Date>) => sql<string | null>`
  to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
`;

/** What a page needs of its last task beside its id. */
interface Ended<Found> {
  /** One more than asked when there is a next page. */
  readonly found: readonly Found[];
  /** When the last task of the page was created. */
  readonly lastAt: string | null;
}

/** One page of an owner's tasks by one query; one row more than asked tells whether there is a next page. */
export async function listTasks(db: Database, owner: string, query: ListQuery): Promise<TaskPage> {
  const { found, lastAt } =
    query.view === 'MINIMAL'
      ? await readMinimal(db, owner, query)
      : await readFull(db, owner, query, query.view);
  const tasks = found.slice(0, query.pageSize);
  const last = tasks.at(-1);
  if (found.length <= query.pageSize || last === undefined || lastAt === null) return { tasks };
  return { tasks, nextPageToken: encodePageToken({ createdAt: lastAt, id: last.id }) };
}

/**
 * Ids and states come as one text: a row each would cost the driver more than the whole query costs Postgres.
 * The aggregate takes its rows in the order of the page.
 */
async function readMinimal(db: Database, owner: string, query: ListQuery): Promise<Ended<Task>> {
  const page = pageQuery(db, owner, query).select(['tasks.id', 'tasks.state']);
  const inPage = sql<Date>`min(created_at) filter (where place <= ${query.pageSize})`;
  const { rows } = await sql<{ found: string | null; last_at: string | null }>`
    select string_agg(id || state, ',') as found, ${toCursorTime(inPage)} as last_at
    from (select *, row_number() over () as place from (${page}) as page) as numbered
  `.execute(db);
  const [{ found, last_at: lastAt } = { found: null, last_at: null }] = rows;
  return { found: found === null ? [] : found.split(',').map(toMinimal), lastAt };
}

const ID_LENGTH = 36;

function toMinimal(text: string): Task {
  return { id: text.slice(0, ID_LENGTH), state: text.slice(ID_LENGTH) as TaskState };
}

async function readFull(
  db: Database,
  owner: string,
  query: ListQuery,
  view: View,
): Promise<Ended<Task>> {
  const page = pageQuery(db, owner, query).select('tasks.id');
  const { rows } = await sql<FullRow & { cursor_time: string }>`
    select ${sql.raw(FULL_COLUMNS)}, ${toCursorTime(sql`tasks.created_at`)} as cursor_time
    from (${page}) as page
    join tasks on tasks.id = page.id join task_documents on task_documents.task_id = tasks.id
    order by tasks.created_at desc, tasks.id desc
  `.execute(db);
  const lastAt = rows[query.pageSize - 1]?.cursor_time ?? null;
  return { found: rows.map((row) => toTask(row, view)), lastAt };
}

/** The filtered and ordered query of a page and one task more, without the columns of a view. */
export function pageQuery(db: Database, owner: string, query: ListQuery) {
  return withFilters(db.selectFrom('tasks').where('tasks.owner', '=', toStorable(owner)), query)
    .select('tasks.created_at')
    .orderBy('tasks.created_at', 'desc')
    .orderBy('tasks.id', 'desc')
    .limit(query.pageSize + 1);
}

function withFilters<Row>(all: Query<Row>, query: ListQuery): Query<Row> {
  const { namePrefix, state, tags, pageToken } = query;
  let filtered = tags.reduce(withTag, all);
  if (namePrefix !== undefined) {
    filtered = filtered.where(sql<boolean>`tasks.name ^@ ${toStorable(namePrefix)}::text`);
  }
  if (state !== undefined) filtered = filtered.where('tasks.state', '=', state);
  if (pageToken === undefined) return filtered;
  const { createdAt, id } = pageToken;
  return filtered.where(
    sql<boolean>`(tasks.created_at, tasks.id) < (${createdAt}::timestamptz, ${id}::uuid)`,
  );
}

/** A tag without a value asks for the key only, which the containment index cannot answer. */
export function withTag<Row>(query: Query<Row>, tag: TagFilter): Query<Row> {
  const key = toStorable(tag.key);
  if (tag.value === undefined) return query.where(sql<boolean>`tasks.tags ? ${key}::text`);
  const wanted = JSON.stringify({ [key]: toStorable(tag.value) });
  return query.where(sql<boolean>`tasks.tags @> ${wanted}::jsonb`);
}
