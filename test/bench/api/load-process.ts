/** The load generator, a process of its own: reads a load from standard input, runs it, prints what it came to. */
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';

import autocannon from 'autocannon';

import { summarize } from '../statistics.ts';
import type { Load, LoadResult } from './load.ts';

const load = JSON.parse(await text(process.stdin)) as Load;
await fire(load, load.warmSeconds);
const cpuBefore = process.cpuUsage();
const { times, refused, seconds } = await fire(load, load.seconds);
const cpu = process.cpuUsage(cpuBefore);
const result: LoadResult = {
  ...summarize(times),
  refused,
  perSecond: times.length / seconds,
  generatorShare: (cpu.user + cpu.system) / 1e6 / seconds,
};
console.log(JSON.stringify(result));

async function fire({ url, method, headers, body, paths, connections }: Load, duration: number) {
  const times: number[] = [];
  let refused = 0;
  const begunAt = performance.now();
  const run = autocannon({
    ...{ url, method, headers, connections, duration },
    ...(body !== undefined && { body }),
    ...(paths !== undefined && { requests: paths.map((place) => ({ path: place })) }),
  });
  run.on('response', (_client: unknown, status: number, _bytes: number, milliseconds: number) => {
    times.push(milliseconds);
    if (status !== 200) refused += 1;
  });
  const { errors, timeouts } = await run;
  return {
    times,
    refused: refused + errors + timeouts,
    seconds: (performance.now() - begunAt) / 1000,
  };
}
