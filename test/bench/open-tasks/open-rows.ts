/** A database full of open tasks. */
import pg from 'pg';
import { pino } from 'pino';

import { namespaceUid } from '../../../src/kubernetes/identity.ts';
import { createPool } from '../../../src/store/pool.ts';
import { createStore, type Store } from '../../../src/store/store.ts';
import { createTemporalClient, namespaceId } from '../../../src/temporal/client.ts';
import { openTaskNamespace } from '../../support/task-namespace.ts';
import { environment } from '../../support/test-environment.ts';

/** How many there are, and how many of them have a pod; all others wait as rows. */
export interface OpenTasks {
  readonly tasks: number;
  readonly started: number;
}

const OWNERS = 20;

/** Fills an empty, migrated database; the newest tasks wait. Temporal and the cluster know nothing of them. */
export async function fillWithOpenTasks(url: string, { tasks, started }: OpenTasks): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    // The triggers of the foreign keys would take longer than everything else.
    await client.query(`set session_replication_role = replica; set synchronous_commit = off`);
    await client.query(DRAFTS, [tasks, started, OWNERS]);
    for (const statement of ROWS) await client.query(statement);
    await client.query('vacuum analyze');
  } finally {
    await client.end();
  }
}

const DRAFTS = `
  create temporary table drafts as
  select
    n,
    n <= $2::int as started,
    'owner-' || n % $3::int as owner,
    (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0')
      || '7' || left(md5(n::text), 3) || '8' || substr(md5(n::text), 4, 15))::uuid as id,
    at
  from generate_series(1, $1::int) as n,
    lateral (select now() - ($1::int - n) * interval '10 milliseconds') as time (at)
`;

const ROWS = [
  `insert into tasks (id, owner, group_name, name, state, created_at, last_event, attempts)
   select id, owner, '', 'task-' || n, case when started then 'RUNNING' else 'QUEUED' end, at,
     case when started then 3 else 1 end, case when started then 1 else 0 end
   from drafts`,
  `insert into task_documents (task_id, document)
   select id, '{"executors":[{"image":"busybox","command":["true"]}]}' from drafts`,
  `insert into attempts (task_id, number, opened_at, pod_uid, node_name, node_uid, owner)
   select id, 1, at, 'pod-' || n, 'node-' || n % 40, 'node-uid-' || n % 40, owner
   from drafts where started`,
  `insert into outbox (task_id, owner, claimed, claims, dispatched_at)
   select id, owner, case when started then 'start' end, case when started then 1 else 0 end,
     case when started then at end
   from drafts`,
  `insert into task_events (task_id, number, at, to_state, reason, actor)
   select id, 1, at, 'QUEUED', 'The task was accepted.', 'api' from drafts`,
];

/** The store of a database for the time of `work`. */
export async function withStore<T>(url: string, work: (store: Store) => Promise<T>): Promise<T> {
  const logger = pino({ level: 'silent' });
  const options = { url, max: 2, applicationName: 'orrery-bench', statementTimeout: 60_000 };
  const pool = createPool(options, logger);
  try {
    return await work(createStore(pool, logger));
  } finally {
    await pool.end();
  }
}

/** Says whose rows these are, as the first start of a server does. */
export async function tieToEngines({ installation }: Store): Promise<void> {
  const address = environment('TEMPORAL_ADDRESS');
  const temporal = createTemporalClient({ address, namespace: 'default', taskQueue: 'none' });
  const cluster = openTaskNamespace(await installation.id());
  try {
    await installation.recognise('temporal-namespace', await namespaceId(temporal.client));
    const uid = await namespaceUid(cluster.api, environment('TASK_NAMESPACE'));
    await installation.recognise('task-namespace', uid);
  } finally {
    cluster.close();
    await temporal.close();
  }
}
