/** Fills a database with tasks as they are after months of work. */
import pg from 'pg';

import { parseTask } from '../../../src/tes/parse-task.ts';
import { RULES } from '../../support/task-bodies.ts';
import { ENGINES, RUN } from './bodies.ts';

/** What a filled database holds. */
export interface Filled {
  readonly tasks: number;
  /** Of `OWNER`, four fifths of all. */
  readonly owned: number;
  /** Tasks that are INITIALIZING with an open attempt: the newest. */
  readonly open: number;
}

/** Who owns most tasks, as the one service account of an engine does; 199 others share the rest. */
export const OWNER = 'owner-0';
/** The tag group with 2,000 tasks, spread over the whole time, which is the worst case for a list. */
export const GROUP = { key: 'crankshaft-task-group', value: 'group-of-2000' };

const HITS = 2_000;
const OTHER_GROUPS = 4_999;
const OPEN = 20_000;
const CHUNK = 25_000;

/** The log of a settled attempt, about 1 KiB. */
const LOG = JSON.stringify({
  logs: [
    {
      start_time: '2026-11-20T08:00:04.120Z',
      end_time: '2026-11-20T08:41:17.553Z',
      exit_code: 0,
      stdout: 'processed 48120 records in 512 batches\n'.repeat(8),
      stderr: '[INFO] reading index … done\n'.repeat(8),
    },
  ],
  outputs: [
    { path: '/work/out.bam', url: `file:///data/${RUN}/out.bam`, size_bytes: '48120512' },
    { path: '/work/out.bam.bai', url: `file:///data/${RUN}/out.bam.bai`, size_bytes: '120512' },
  ],
  start_time: '2026-11-20T08:00:00.000Z',
  end_time: '2026-11-20T08:41:20.000Z',
});

/** Fills an empty, migrated database and vacuums it. `total` is a multiple of `CHUNK`. */
export async function fill(
  url: string,
  total: number,
  say: (line: string) => void,
): Promise<Filled> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    // The triggers of the foreign keys would take longer than everything else.
    await client.query(`set session_replication_role = replica; set synchronous_commit = off`);
    await client.query(DRAFTS);
    for (let first = 1; first <= total; first += CHUNK) {
      await fillChunk(client, first, total);
      if ((first - 1) % (CHUNK * 8) === 0) say(`filled ${first + CHUNK - 1} of ${total} tasks …`);
    }
    await client.query('vacuum analyze');
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
  return { tasks: total, owned: (total / 5) * 4, open: OPEN };
}

const DRAFTS = `
  create temporary table drafts (
    n int, id uuid, owner text, name text, state text, document json, created_at timestamptz
  )
`;

async function fillChunk(client: pg.Client, first: number, total: number): Promise<void> {
  const documents = ENGINES.map((body) => templateOf(body));
  await client.query('truncate drafts');
  await client.query(DRAFT, [
    ...[first, first + CHUNK - 1, total, documents, RUN],
    ...[Math.floor(total / HITS / 5) * 5, HITS, GROUP.value, OTHER_GROUPS, OPEN],
  ]);
  await client.query(TASKS);
  await client.query(DOCUMENTS);
  await client.query(ATTEMPTS, [LOG, RUN]);
  await client.query(OUTBOX);
  await client.query(EVENTS);
}

/** The document as the API stores it, with places for what differs. */
function templateOf(body: object & { readonly tags: object }): string {
  const named = { ...body, name: '@name@', tags: { ...body.tags, [GROUP.key]: '@group@' } };
  const parsed = parseTask(named, RULES);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return JSON.stringify(parsed.document);
}

/** Ids grow with time, as version 7 has it. */
const DRAFT = `
  insert into drafts
  select
    n,
    (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0')
      || '7' || left(md5(n::text), 3) || '8' || substr(md5(n::text), 4, 15))::uuid,
    case when n % 5 = 0 then 'owner-' || 1 + (n / 5) % 199 else 'owner-0' end,
    'run-' || n,
    case
      when n > $3 - $10 then 'INITIALIZING'
      when n % 50 = 7 then 'EXECUTOR_ERROR'
      when n % 997 = 3 then 'CANCELED'
      else 'COMPLETE'
    end,
    replace(replace(replace(
      ($4::text[])[1 + n % 3], $5, md5(n::text)), '@name@', 'run-' || n),
      '@group@', case when n % $6 = 1 and n / $6 < $7 then $8 else 'group-' || n % $9 end
    )::json,
    at
  from generate_series($1::int, $2::int) as n,
    lateral (select now() - ($3::int - n) * interval '100 milliseconds') as time (at)
`;

const TASKS = `
  insert into tasks (id, owner, group_name, name, state, tags, created_at, last_event, attempts)
  select id, owner, 'lab', name, state, document::jsonb -> 'tags', created_at,
    case state when 'INITIALIZING' then 2 else 4 end, 1
  from drafts
`;

const DOCUMENTS = `insert into task_documents (task_id, document) select id, document from drafts`;

const ATTEMPTS = `
  insert into attempts (
    task_id, number, opened_at, pod_uid, node_name, node_uid, settled_at, proven_dead_at, verdict, log
  )
  select id, 1, created_at, 'pod-' || n, 'node-' || n % 40, 'node-uid-' || n % 40, ended, ended,
    case when ended is not null then
      '{"class":"success","code":"Completed","message":"Every executor ended.","state":"COMPLETE","retryable":false}'::json
    end,
    case when ended is not null then replace($1, $2, md5(n::text))::json end
  from drafts, lateral (
    select case when state <> 'INITIALIZING' then created_at + interval '40 minutes' end
  ) as time (ended)
`;

const OUTBOX = `
  insert into outbox (task_id, claimed, claims, dispatched_at)
  select id, 'start', 1, created_at from drafts where state = 'INITIALIZING'
`;

const EVENTS = `
  insert into task_events (task_id, number, at, from_state, to_state, reason, actor)
  select id, number, created_at + number * interval '9 minutes', from_state,
    coalesce(to_state, state), reason, actor
  from drafts, (values
    (1, null, 'QUEUED', 'The task was accepted.', 'api'),
    (2, 'QUEUED', 'INITIALIZING', 'The pod is scheduled.', 'watcher'),
    (3, 'INITIALIZING', 'RUNNING', 'The first executor has started.', 'watcher'),
    (4, 'RUNNING', null, 'Every executor ended and every output is uploaded.', 'worker')
  ) as steps (number, from_state, to_state, reason, actor)
  where number <= case state when 'INITIALIZING' then 2 else 4 end
`;
