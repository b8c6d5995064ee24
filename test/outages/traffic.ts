/** Requests a second at each engine, counted past the processes. */
import type { Rig } from './rig.ts';

/** The highest means over four seconds, in requests a second. */
export interface Traffic {
  readonly postgres: number;
  readonly temporal: number;
  readonly kubernetes: number;
}

/** A running count. */
export interface TrafficWatch {
  stop(): Promise<Traffic>;
}

type Sample = Readonly<Record<keyof Traffic, number>> & { readonly at: number };

const EVERY_MS = 2_000;
const WINDOW = 2;

/** Counts every two seconds: transactions of the database, requests to Temporal, requests about pods, Secrets and Nodes. */
export function watchTraffic(rig: Rig): TrafficWatch {
  const samples: Sample[] = [];
  let looking = Promise.resolve();
  const look = (): void => {
    looking = looking.then(async () => {
      samples.push(await sampleOf(rig));
    });
    looking.catch(() => undefined);
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await looking;
      const peak = (engine: keyof Traffic): number =>
        Math.max(
          0,
          ...samples.slice(WINDOW).map((sample, index) => {
            const before = samples[index] ?? sample;
            return ((sample[engine] - before[engine]) * 1000) / (sample.at - before.at);
          }),
        );
      return {
        postgres: peak('postgres'),
        temporal: peak('temporal'),
        kubernetes: peak('kubernetes'),
      };
    },
  };
}

async function sampleOf({ census, meter, api }: Rig): Promise<Sample> {
  const rows = await census.query<{ done: string }>(
    'select xact_commit + xact_rollback as done from pg_stat_database where datname = current_database()',
  );
  const metrics = await api.text({ method: 'GET', path: '/metrics' });
  return {
    at: Date.now(),
    postgres: Number(rows[0]?.done ?? 0),
    temporal: meter.count(),
    kubernetes: requestsIn(metrics),
  };
}

/** The sum of the API server's own counters. */
function requestsIn(metrics: string): number {
  return metrics
    .split('\n')
    .filter((line) => /^apiserver_request_total\{.*resource="(pods|secrets|nodes)"/.test(line))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
