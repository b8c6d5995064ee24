/** No-op tasks a second, end to end, on simulated nodes: all processes of ours and all engines on this machine. */
import pLimit from 'p-limit';
import pg from 'pg';

import { fateImage } from '../../../deploy/local/simulated-nodes/index.ts';
import { type BenchClient, createBenchClient } from '../bench-client.ts';
import { type Figure, toFigure } from '../figure.ts';
import { memoryOf } from '../memory.ts';
import { countOf, type Extent, type Findings } from '../part.ts';
import { findProcess } from '../process-shares.ts';
import { withSystem } from '../rig.ts';
import { withSimulatedNodes } from '../simulated.ts';
import { paceOfBarePods } from './bare-pods.ts';
import { cpuEach, type Pace, watchPace } from './pace.ts';

const NODES = 2;
const POSTS_IN_FLIGHT = 16;

/** So many pods may be there at once, so that what is measured holds beginnings and ends in equal parts. */
const AT_ONCE = 200;
const ROLES = ['api', 'worker', 'controller'] as const;

/** Memory in MiB at the end, by role. */
type Memory = readonly { readonly role: string; readonly rss: number }[];

/** Posts tasks as fast as they are taken, and watches them end; before that, as many pods without Orrery. */
export async function measureThroughput(
  extent: Extent,
  say: (line: string) => void,
): Promise<Findings> {
  const count = countOf(extent, { quick: 60, full: 2_000 });
  const atOnce = Math.min(AT_ONCE, Math.ceil(count / 10));
  const crowd = { count, atOnce };
  return withSimulatedNodes({ nodes: NODES, podsPerNode: atOnce, say }, async ({ namespace }) => {
    say(`${count} bare pods on ${NODES} simulated nodes …`);
    const bare = await paceOfBarePods(namespace, crowd);
    say(`${count} no-op tasks there …`);
    const { pace, memory } = await paceOfTasks(namespace, crowd);
    return {
      figures: [
        toFigure('no-op tasks on simulated nodes: ended', '/s', [pace.perSecond], '≥ 30'),
        toFigure('  CPU of all processes, a task', 'ms', [cpuEach(pace)]),
        ...toFigures(pace),
        ...memory.map(({ role, rss }) => toFigure(`  memory of orrery ${role}`, 'MiB', [rss])),
        toFigure('bare pods of the same shape there: ended', '/s', [bare.perSecond]),
        toFigure('  CPU of all processes, a pod', 'ms', [cpuEach(bare)]),
        ...toFigures(bare),
      ],
      notes: [`throughput: ${count}, at most ${atOnce} pods at once`],
    };
  });
}

async function paceOfTasks(
  namespace: string,
  { count, atOnce }: { count: number; atOnce: number },
): Promise<{ pace: Pace; memory: Memory }> {
  const settings = {
    ORRERY_TASK_NAMESPACE: namespace,
    ORRERY_LIMIT_PODS: String(atOnce),
    ORRERY_CALLER_REQUESTS_PER_SECOND: '0',
    ORRERY_ADDRESS_REQUESTS_PER_SECOND: '0',
  };
  return withSystem({ processes: ROLES, settings, namespace }, async ({ system }) => {
    const posted = postAll(createBenchClient(system.tasks), count);
    const pace = await watchRows(system.databaseUrl, count);
    await posted;
    return { pace, memory: ROLES.map((role) => ({ role, rss: memoryOfRole(role) })) };
  });
}

function memoryOfRole(role: string): number {
  return memoryOf(findProcess(new RegExp(`serve --roles ${role} `))).rss;
}

/** The least that a node has room for: the scheduler finds room for all of them. */
async function postAll(client: BenchClient, count: number): Promise<void> {
  const limit = pLimit(POSTS_IN_FLIGHT);
  const task = {
    name: 'no-op',
    resources: { cpu_cores: 0.1, ram_gb: 0.2 },
    executors: [{ image: fateImage('ok'), command: ['true'] }],
  };
  await Promise.all(Array.from({ length: count }, () => limit(() => client.submit(task))));
}

async function watchRows(databaseUrl: string, count: number): Promise<Pace> {
  const client = new pg.Client(databaseUrl);
  // After Ctrl-C the database goes away under this client.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const pace = await watchPace(() => countEnded(client), count);
    await requireComplete(client);
    return pace;
  } finally {
    await client.end();
  }
}

/** A task that has ended has lost its outbox row, and only then. */
async function countEnded(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ ended: number }>(
    'select ((select count(*) from tasks) - (select count(*) from outbox))::int as ended',
  );
  return rows[0]?.ended ?? 0;
}

async function requireComplete(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ state: string }>(
    `select distinct state from tasks where state <> 'COMPLETE'`,
  );
  if (rows.length > 0) throw new Error(`some tasks are ${rows.map((row) => row.state).join()}`);
}

function toFigures({ shares }: Pace): Figure[] {
  return shares
    .filter(({ cores }) => cores >= 0.005)
    .map(({ who, cores }) => toFigure(`  cores used by ${who}`, 'cores', [cores]));
}
