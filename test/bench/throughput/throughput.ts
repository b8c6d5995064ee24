/** No-op tasks a second, end to end, on simulated nodes: all processes of ours and all engines on this machine. */
import { setTimeout as pause } from 'node:timers/promises';

import pLimit from 'p-limit';
import pg from 'pg';

import { fateImage } from '../../../deploy/local/simulated-nodes/index.ts';
import { createBenchClient } from '../bench-client.ts';
import { type Figure, toFigure } from '../figure.ts';
import { memoryOf } from '../memory.ts';
import { countOf, type Extent, type Findings } from '../part.ts';
import { findProcess, type Share, watchShares } from '../process-shares.ts';
import { withSystem } from '../rig.ts';
import { withSimulatedNodes } from '../simulated.ts';

const NODES = 2;
const POSTS_IN_FLIGHT = 16;
const POLL_MS = 250;
const PATIENCE_MS = 15 * 60_000;

/** Counted is what ends between these shares of all tasks: begin and end of the run are not its pace. */
const [FROM, TO] = [0.1, 0.9];

const ROLES = ['api', 'worker', 'controller'] as const;

/** Neither limits nor nodes hold any task back: everything posted may be a pod at once. */
function unlimited(tasks: number): Record<string, string> {
  return {
    ORRERY_LIMIT_PODS: String(tasks),
    ORRERY_CALLER_REQUESTS_PER_SECOND: '0',
    ORRERY_ADDRESS_REQUESTS_PER_SECOND: '0',
  };
}

/** Posts tasks as fast as they are taken, and watches them end. */
export async function measureThroughput(
  extent: Extent,
  say: (line: string) => void,
): Promise<Findings> {
  const tasks = countOf(extent, { quick: 60, full: 3_000 });
  say(`${tasks} no-op tasks on ${NODES} simulated nodes …`);
  return withSimulatedNodes({ nodes: NODES, podsPerNode: tasks, say }, ({ namespace }) => {
    const settings = { ...unlimited(tasks), ORRERY_TASK_NAMESPACE: namespace };
    return withSystem({ processes: ROLES, settings, namespace }, async ({ system }) => {
      const client = createBenchClient(system.tasks);
      const limit = pLimit(POSTS_IN_FLIGHT);
      const task = buildTask();
      const posted = Promise.all(
        Array.from({ length: tasks }, () => limit(() => client.submit(task))),
      );
      const pace = await watchPace(system.databaseUrl, tasks);
      await posted;
      return toFindings(pace, tasks);
    });
  });
}

/** The least that a node's share allows, so that the scheduler finds room for all of them. */
function buildTask(): object {
  return {
    name: 'no-op',
    resources: { cpu_cores: 0.1, ram_gb: 0.2 },
    executors: [{ image: fateImage('ok'), command: ['true'] }],
  };
}

/** Ended tasks a second, and who used the processors meanwhile. */
interface Pace {
  readonly perSecond: number;
  readonly shares: readonly Share[];
  readonly memory: readonly { readonly role: string; readonly rss: number }[];
}

async function watchPace(databaseUrl: string, tasks: number): Promise<Pace> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const count = (): Promise<number> => countEnded(client);
    const first = await reached(count, tasks * FROM);
    const shares = watchShares();
    const last = await reached(count, tasks * TO);
    const pace = {
      perSecond: ((last.ended - first.ended) * 1000) / (last.at - first.at),
      shares: shares(),
      memory: ROLES.map((role) => ({
        role,
        rss: memoryOf(findProcess(new RegExp(`serve --roles ${role} `))).rss,
      })),
    };
    await reached(count, tasks);
    await requireComplete(client);
    return pace;
  } finally {
    await client.end();
  }
}

interface Moment {
  readonly at: number;
  readonly ended: number;
}

async function reached(count: () => Promise<number>, least: number): Promise<Moment> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const seen = { ended: await count(), at: performance.now() };
    if (seen.ended >= least) return seen;
    if (seen.at > until) throw new Error(`only ${seen.ended} tasks have ended`);
    await pause(POLL_MS);
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

function toFindings({ perSecond, shares, memory }: Pace, tasks: number): Findings {
  const figures: Figure[] = [
    toFigure(`no-op tasks on simulated nodes: ended`, '/s', [perSecond], '≥ 30'),
    ...shares
      .filter(({ cores }) => cores >= 0.005)
      .map(({ who, cores }) => toFigure(`  cores used by ${who}`, 'cores', [cores])),
    ...memory.map(({ role, rss }) => toFigure(`  memory of orrery ${role}`, 'MiB', [rss])),
  ];
  const used = shares.reduce((sum, { cores }) => sum + cores, 0);
  const each = (used * 1000) / perSecond;
  const note = `throughput: ${tasks} tasks posted at once; all of the above used ${used.toFixed(2)} cores, ${each.toFixed(0)} ms of CPU a task`;
  return { figures, notes: [note] };
}
