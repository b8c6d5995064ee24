/** Lists of tasks: newest first, page by page. */
import { type RawBuilder, sql } from 'kysely';

import type { ListQuery, TagFilter } from '../tes/list-query.ts';
import { encodePageToken } from '../tes/page-token.ts';
import type { TaskState } from '../tes/state.ts';
import type { Task, View } from '../tes/task.ts';
import type { Database } from './database.ts';
import type { TaskPage } from './ports.ts';
import { FULL_COLUMNS, type FullRow, toTask } from './task-rows.ts';
import { toStorable } from './text.ts';

type Condition = RawBuilder<boolean>;

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
  const page = pageQuery(owner, query);
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
  const page = pageQuery(owner, query);
  const { rows } = await sql<FullRow & { cursor_time: string }>`
    select ${sql.raw(FULL_COLUMNS)}, ${toCursorTime(sql`tasks.created_at`)} as cursor_time
    from (${page}) as page
    join tasks on tasks.id = page.id join task_documents on task_documents.task_id = tasks.id
    order by tasks.created_at desc, tasks.id desc
  `.execute(db);
  const lastAt = rows[query.pageSize - 1]?.cursor_time ?? null;
  return { found: rows.map((row) => toTask(row, view)), lastAt };
}

/** The filtered and ordered ids, times and states of a page and one task more. */
export function pageQuery(owner: string, query: ListQuery): RawBuilder<unknown> {
  const filters = filtersOf(query);
  const range = rangeOf(owner, query);
  const limit = query.pageSize + 1;
  const hasKey = query.tags.some(({ value }) => value === undefined);
  if (hasKey || query.namePrefix !== undefined) return nearPage({ range, filters, limit });
  return sql`
    select id, created_at, state from tasks where ${and([...range, ...filters])}
    ${NEWEST_FIRST} limit ${limit}
  `;
}

const NEWEST_FIRST = sql`order by created_at desc, id desc`;

/** Whose tasks, and behind which. */
function rangeOf(owner: string, { pageToken }: ListQuery): Condition[] {
  const owned = sql<boolean>`tasks.owner = ${toStorable(owner)}`;
  if (pageToken === undefined) return [owned];
  const { createdAt, id } = pageToken;
  return [
    owned,
    sql<boolean>`(tasks.created_at, tasks.id) < (${createdAt}::timestamptz, ${id}::uuid)`,
  ];
}

function filtersOf({ namePrefix, state, tags }: ListQuery): Condition[] {
  return [
    ...tags.map(hasTag),
    ...(namePrefix === undefined
      ? []
      : [sql<boolean>`tasks.name ^@ ${toStorable(namePrefix)}::text`]),
    ...(state === undefined ? [] : [sql<boolean>`tasks.state = ${state}`]),
  ];
}

const and = (conditions: readonly Condition[]) => sql.join([...conditions], sql` and `);

/** How far to look from the newest task on before all hits are sorted. It is more than a page. */
const NEAR = 2_500;

/**
 * No index has names or keys of tags in the order of time, and Postgres does not know that they go together with
 * times: what many old tasks have would be looked for among all newer ones. So the way is chosen by what is there: the
 * newest tasks are looked through; if they do not fill the page, all hits are sorted.
 */
function nearPage({ range, filters, limit }: NearPage): RawBuilder<unknown> {
  return sql`
    with near as materialized (
      select id, created_at
      from (select * from tasks where ${and(range)} ${NEWEST_FIRST} limit ${NEAR}) as tasks
      where ${and(filters)} limit ${limit}
    ), page as (
      select * from near where (select count(*) from near) = ${limit}
      union all
      select * from (
        select id, created_at from tasks where ${and([...range, ...filters])} offset 0
      ) as every
      where (select count(*) from near) < ${limit}
      ${NEWEST_FIRST} limit ${limit}
    )
    select page.id, page.created_at, tasks.state from page join tasks on tasks.id = page.id
    order by page.created_at desc, page.id desc
  `;
}

interface NearPage {
  readonly range: readonly Condition[];
  readonly filters: readonly Condition[];
  readonly limit: number;
}

/** Each form has an index of its own: one of whole tags, one of keys. */
export function hasTag(tag: TagFilter): Condition {
  const key = toStorable(tag.key);
  if (tag.value === undefined) {
    return sql<boolean>`
      jsonb_path_query_array(tasks.tags, '$.keyvalue().key') @> ${JSON.stringify([key])}::jsonb
    `;
  }
  const wanted = JSON.stringify({ [key]: toStorable(tag.value) });
  return sql<boolean>`tasks.tags @> ${wanted}::jsonb`;
}
