/** Lists of tasks: newest first, page by page. */
import { type SelectQueryBuilder, sql } from 'kysely';

import type { ListQuery, TagFilter } from '../tes/list-query.ts';
import { encodePageToken, type PageCursor } from '../tes/page-token.ts';
import type { Task } from '../tes/task.ts';
import type { Database, Tables } from './database.ts';
import type { TaskPage } from './ports.ts';
import { selectFull, toTask } from './task-rows.ts';
import { toStorable } from './text.ts';

type Query<Row> = SelectQueryBuilder<Tables, 'tasks', Row>;

/** Microseconds, because a page begins exactly behind the last task of the page before. */
const CURSOR_TIME = sql<string>`
  to_char(tasks.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
`;

/** One page of an owner's tasks by one query; one row more than asked tells whether there is a next page. */
export async function listTasks(db: Database, owner: string, query: ListQuery): Promise<TaskPage> {
  const rows = await readPage(db, owner, query);
  const page = rows.slice(0, query.pageSize);
  const last = page.at(-1);
  const tasks = page.map(({ task }) => task);
  if (rows.length <= query.pageSize || last === undefined) return { tasks };
  return { tasks, nextPageToken: encodePageToken(last.cursor) };
}

async function readPage(
  db: Database,
  owner: string,
  query: ListQuery,
): Promise<{ task: Task; cursor: PageCursor }[]> {
  const page = pageQuery(db, owner, query);
  if (query.view === 'MINIMAL') {
    const rows = await page.select(['tasks.id', 'tasks.state']).execute();
    return rows.map(({ id, state, cursor_time: createdAt }) => ({
      task: { id, state },
      cursor: { createdAt, id },
    }));
  }
  const rows = await selectFull(page).execute();
  return rows.map((row) => ({
    task: toTask(row, query.view),
    cursor: { createdAt: row.cursor_time, id: row.id },
  }));
}

/** The filtered and ordered query of a page, without the columns of a view. */
export function pageQuery(db: Database, owner: string, query: ListQuery) {
  return withFilters(db.selectFrom('tasks').where('tasks.owner', '=', toStorable(owner)), query)
    .select(CURSOR_TIME.as('cursor_time'))
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
