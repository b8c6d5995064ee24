/** `npm run outages`, once the environment is there: runs, proves, reports. */
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { describeMachine } from '../bench/machine.ts';
import { parseOutageOptions } from './options.ts';
import { buildReport } from './report.ts';
import { type Outcome, runOutage } from './run.ts';

const MINUTE_MS = 60_000;

function say(line: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)} ${line}`);
}

async function main(args: readonly string[]): Promise<number> {
  const { engines, minutes, how, report: file } = parseOutageOptions(args);
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interrupted.abort(new Error('interrupted'));
    });
  }
  const { signal } = interrupted;
  const machine = await describeMachine();
  const at = new Date().toISOString();
  const outcomes: Outcome[] = [];
  for (const engine of engines) {
    outcomes.push(await runOutage({ engine, how, outageMs: minutes * MINUTE_MS, say, signal }));
  }
  const report = buildReport(outcomes, { at, machine, loadAfter: os.loadavg() });
  console.log(report);
  if (file !== undefined) {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, report);
  }
  const broken = outcomes.filter(({ violations }) => violations.length > 0);
  for (const { engine, folder } of broken) say(`${engine}: the logs are in ${folder}`);
  return broken.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  return 2;
});
