/** How fast tasks are accepted, by one process with the api role. */
import { environment } from '../support/test-environment.ts';
import { startBenchSystem } from './bench-system.ts';
import { type Figure, toFigure } from './figure.ts';
import { type LoadResult, runLoad } from './http-load.ts';
import { untilInterrupted } from './interruption.ts';

const CASES = [
  { connections: 1, target: '≥ 1500' },
  { connections: 8, target: '≥ 4000' },
  { connections: 64, target: '≥ 5000', p99: 'p99 < 40' },
];

/** Nothing listens here: dispatch is paused, and no workflow stays behind. */
const NO_TEMPORAL = '127.0.0.1:1';

const WARM_UP_SECONDS = 2;

/** Posts for `seconds` at 1, 8 and 64 connections, into a fresh database. */
export async function measureCreateRate(seconds: number): Promise<Figure[]> {
  const system = await startBenchSystem('api', { ORRERY_TEMPORAL_ADDRESS: NO_TEMPORAL });
  const body = JSON.stringify({
    name: 'bench',
    tags: { bench: 'create' },
    executors: [{ image: environment('DEMO_IMAGE'), command: ['true'] }],
  });
  const load = (connections: number, duration: number): Promise<LoadResult> =>
    untilInterrupted(() => runLoad({ url: system.tasks, body, connections, seconds: duration }));
  try {
    await load(8, WARM_UP_SECONDS);
    const figures: Figure[] = [];
    for (const { connections, target, p99 } of CASES) {
      const result = await load(connections, seconds);
      if (result.refused > 0) throw new Error(`${result.refused} tasks were refused`);
      const what = `POST /tasks, ${connections} connection${connections === 1 ? '' : 's'}`;
      const times = result.answers.map(({ took }) => took);
      figures.push(
        toFigure(`${what}: created`, '/s', ratesOf(result, seconds), target),
        toFigure(`${what}: answer`, 'ms', times, p99),
      );
    }
    return figures;
  } finally {
    await system.stop();
  }
}

/** Answers in each whole second. */
function ratesOf({ answers }: LoadResult, seconds: number): number[] {
  const rates = Array.from({ length: seconds }, () => 0);
  for (const { at } of answers) {
    const second = Math.floor(at / 1000);
    if (second < seconds) rates[second] = (rates[second] ?? 0) + 1;
  }
  return rates;
}
