/** How fast tasks are read while others write. */
import pg from 'pg';

import { encodePageToken } from '../../../src/tes/page-token.ts';
import { type ApiFigure, type Target, toApiFigure } from './figure.ts';
import { runLoad } from './load.ts';
import { type Filled, GROUP, OWNER } from './seed.ts';
import { type BenchServer, OWNER_HEADER } from './server.ts';

/** One kind of read. */
interface Read {
  readonly measure: string;
  /** Behind the address of the tasks; several take turns. */
  readonly paths: readonly string[];
  readonly connections: number;
  readonly target?: Target;
}

const MILLION = 1_000_000;
const IDS = 500;
const DEEP_PAGE = 3_000;

/** Every kind of read, one after the other. */
export async function measureReads(
  server: BenchServer,
  filled: Filled,
  { seconds, say }: { seconds: number; say: (line: string) => void },
): Promise<ApiFigure[]> {
  const figures: ApiFigure[] = [];
  for (const read of await readsOf(server, filled)) {
    say(`${read.measure} …`);
    const { pathname } = new URL(server.tasks);
    const result = await runLoad({
      ...{ url: server.tasks, method: 'GET', headers: { [OWNER_HEADER]: OWNER } },
      ...{ connections: read.connections, seconds, warmSeconds: 1 },
      paths: read.paths.map((path) => `${pathname}${path}`),
    });
    figures.push(toApiFigure(read.measure, result, read.target));
  }
  return figures;
}

async function readsOf(server: BenchServer, filled: Filled): Promise<Read[]> {
  return [...(await listsOf(server, filled)), ...(await getsOf(server))];
}

async function listsOf(server: BenchServer, filled: Filled): Promise<Read[]> {
  const tag = new URLSearchParams({ tag_key: GROUP.key, tag_value: GROUP.value });
  const deep = await deepPage(server, filled);
  const tagTarget = { median: filled.tasks >= MILLION ? 10 : 8, p99: 30 };
  const quick = { median: 0.8 };
  const list = (measure: string, query: string, target?: Target): Read => ({
    ...{ measure: `LIST ${measure}`, paths: [`?${query}`], connections: 1 },
    ...(target && { target }),
  });
  return [
    list('by tag, 2,000 hits', `${tag.toString()}&page_size=2047`, tagTarget),
    list('by tag, 2,000 hits, first 256', tag.toString()),
    list('first page of 256', '', quick),
    list(
      `page ${DEEP_PAGE} of ${deep.pageSize}`,
      `page_size=${deep.pageSize}&page_token=${deep.token}`,
    ),
    list('by state without hits', 'state=PAUSED', quick),
    list('by a common state, first 256', 'state=COMPLETE'),
    list('by name prefix, 11 to 111 hits', 'name_prefix=run-1234'),
    list('first page of 256, BASIC', 'view=BASIC'),
    list('first page of 256, FULL', 'view=FULL'),
  ];
}

async function getsOf(server: BenchServer): Promise<Read[]> {
  const rows = await query<{ id: string }>(
    server.databaseUrl,
    `select id from tasks where owner = $1 order by md5(id::text) limit $2`,
    [OWNER, IDS],
  );
  const get = (view: string, connections: number, target?: Target): Read => ({
    ...{ measure: `GET ${view}, ${connections} conn.`, connections },
    paths: rows.map(({ id }) => `/${id}?view=${view}`),
    ...(target && { target }),
  });
  return [
    get('MINIMAL', 1, { median: 0.4 }),
    get('BASIC', 1),
    get('FULL', 1, { median: 0.5 }),
    get('MINIMAL', 16, { perSecond: 6_000 }),
    get('BASIC', 16),
    get('FULL', 16, { perSecond: 6_000 }),
  ];
}

/** Page 3,000 in pages as large as the owner's tasks allow, at most 256. */
async function deepPage(server: BenchServer, filled: Filled) {
  const pageSize = Math.min(256, Math.floor(filled.owned / DEEP_PAGE));
  const [last] = await query<{ id: string; createdAt: string }>(
    server.databaseUrl,
    `select id, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "createdAt"
     from tasks where owner = $1 order by created_at desc, id desc offset $2 limit 1`,
    [OWNER, (DEEP_PAGE - 1) * pageSize - 1],
  );
  if (last === undefined) throw new Error('there are too few tasks for a deep page');
  return { pageSize, token: encodePageToken(last) };
}

async function query<Row extends pg.QueryResultRow>(url: string, text: string, values: unknown[]) {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}
