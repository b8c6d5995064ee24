/** How fast something ends, and who uses the processors meanwhile. */
import { setTimeout as pause } from 'node:timers/promises';

import { type Share, watchShares } from '../process-shares.ts';

/** Ends a second, with the shares of the cores in the same time. */
export interface Pace {
  readonly perSecond: number;
  readonly shares: readonly Share[];
}

const POLL_MS = 250;
const PATIENCE_MS = 15 * 60_000;

/** Counted is what ends between these shares of all: begin and end of the run are not its pace. */
const [FROM, TO] = [0.1, 0.9];

/** Watches `count` grow to `all`. Throws when it takes too long. */
export async function watchPace(count: () => Promise<number>, all: number): Promise<Pace> {
  const first = await reached(count, all * FROM);
  const sharesOf = watchShares();
  const last = await reached(count, all * TO);
  const shares = sharesOf();
  await reached(count, all);
  return { perSecond: ((last.ended - first.ended) * 1000) / (last.at - first.at), shares };
}

/** CPU that one of them cost, in milliseconds. */
export function cpuEach({ perSecond, shares }: Pace): number {
  return (shares.reduce((sum, { cores }) => sum + cores, 0) * 1000) / perSecond;
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
    if (seen.at > until) throw new Error(`only ${seen.ended} have ended`);
    await pause(POLL_MS);
  }
}
