/** How fast tasks are accepted by one process with the api role; `npm run bench:api` looks into it more closely. */
import { SMALL } from './api/bodies.ts';
import { type LoadResult, runLoad } from './api/load.ts';
import { OWNER_HEADER, startBenchServer } from './api/server.ts';
import { type Figure, toFigure } from './figure.ts';
import { untilInterrupted } from './interruption.ts';
import type { Extent, Findings } from './part.ts';
import { withSystem } from './rig.ts';
import { buildTask } from './workload.ts';

const CASES = [
  { connections: 1, target: '≥ 1500' },
  { connections: 8, target: '≥ 4000' },
  { connections: 64, target: '≥ 5000', p99: 'p99 < 40' },
];

/** How often and how long each case is run. */
interface CreateExtent {
  readonly rounds: number;
  readonly seconds: number;
}

/** Posts while nothing else happens, then while tasks run. */
export async function measureCreates(
  { isQuick }: Extent,
  say: (line: string) => void,
): Promise<Findings> {
  const extent = isQuick ? { rounds: 1, seconds: 2 } : { rounds: 3, seconds: 5 };
  say('create rate at 1, 8 and 64 connections …');
  const paused = await measureIdleRate(extent);
  say('the same while tasks run …');
  return { figures: [...paused, ...(await measureBusyRate(extent))], notes: [] };
}

/** Posts into a fresh database while nothing is dispatched: Temporal does not answer. */
async function measureIdleRate(extent: CreateExtent): Promise<Figure[]> {
  const server = await startBenchServer();
  try {
    return await post(extent, { url: server.tasks, body: SMALL, beside: '' });
  } finally {
    await server.stop();
  }
}

/** As many pods as the machine runs without standing still; all other tasks wait as rows. */
const PODS = 20;

/** The same while a worker and a controller in a process of their own run on the same cores as many tasks as may run. */
async function measureBusyRate(extent: CreateExtent): Promise<Figure[]> {
  const settings = {
    ORRERY_LIMIT_PODS: String(PODS),
    ORRERY_CALLER_REQUESTS_PER_SECOND: '0',
    ORRERY_ADDRESS_REQUESTS_PER_SECOND: '0',
  };
  const body = buildTask({ cpuCores: 0.05, ramGb: 0.1 }, 'busy');
  return withSystem({ processes: ['api', 'worker,controller'], settings }, ({ system }) =>
    post(extent, { url: system.tasks, body, beside: ', tasks running beside' }),
  );
}

interface Posted {
  readonly url: string;
  readonly body: object;
  /** What else runs, for the table. */
  readonly beside: string;
}

/** Posts at 1, 8 and 64 connections. */
async function post(extent: CreateExtent, posted: Posted): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { connections, target, p99 } of CASES) {
    const runs: LoadResult[] = [];
    for (let round = 0; round < extent.rounds; round += 1) {
      runs.push(await postFor(extent.seconds, posted, connections));
    }
    const plural = connections === 1 ? '' : 's';
    const what = `POST /tasks, ${connections} connection${plural}${posted.beside}`;
    const rates = runs.map(({ perSecond }) => perSecond);
    figures.push(toFigure(`${what}: created`, '/s', rates, target), answers(what, runs, p99));
  }
  return figures;
}

function postFor(seconds: number, posted: Posted, connections: number): Promise<LoadResult> {
  const headers = { 'content-type': 'application/json', [OWNER_HEADER]: `owner-${connections}` };
  const { url } = posted;
  const body = JSON.stringify(posted.body);
  const load = {
    url,
    method: 'POST',
    headers,
    body,
    connections,
    seconds,
    warmSeconds: 1,
  } as const;
  return untilInterrupted(() => runLoad(load));
}

/** The times of the slowest round. */
function answers(what: string, runs: readonly LoadResult[], target: string | undefined): Figure {
  const slowest = runs.toSorted((a, b) => b.median - a.median)[0];
  if (slowest === undefined) throw new Error('nothing was measured');
  const { count, median, p95, p99 } = slowest;
  const figure = { measure: `${what}: answer`, unit: 'ms', count, median, p95, p99 } as const;
  return { ...figure, ...(target !== undefined && { target }) };
}
