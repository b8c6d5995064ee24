/** How fast tasks are accepted by one process with the api role; `npm run bench:api` looks into it more closely. */
import { SMALL } from './api/bodies.ts';
import { type LoadResult, runLoad } from './api/load.ts';
import { OWNER_HEADER, startBenchServer } from './api/server.ts';
import { type Figure, toFigure } from './figure.ts';
import { untilInterrupted } from './interruption.ts';

const CASES = [
  { connections: 1, target: '≥ 1500' },
  { connections: 8, target: '≥ 4000' },
  { connections: 64, target: '≥ 5000', p99: 'p99 < 40' },
];

/** How often and how long each case is run. */
export interface CreateExtent {
  readonly rounds: number;
  readonly seconds: number;
}

/** Posts at 1, 8 and 64 connections into a fresh database. */
export async function measureCreateRate(extent: CreateExtent): Promise<Figure[]> {
  const server = await startBenchServer();
  try {
    const figures: Figure[] = [];
    for (const { connections, target, p99 } of CASES) {
      const runs: LoadResult[] = [];
      for (let round = 0; round < extent.rounds; round += 1) {
        runs.push(await postFor(extent.seconds, server.tasks, connections));
      }
      const what = `POST /tasks, ${connections} connection${connections === 1 ? '' : 's'}`;
      const rates = runs.map(({ perSecond }) => perSecond);
      figures.push(toFigure(`${what}: created`, '/s', rates, target), answers(what, runs, p99));
    }
    return figures;
  } finally {
    await server.stop();
  }
}

function postFor(seconds: number, url: string, connections: number): Promise<LoadResult> {
  const headers = { 'content-type': 'application/json', [OWNER_HEADER]: `owner-${connections}` };
  const body = JSON.stringify(SMALL);
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
