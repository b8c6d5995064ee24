/** `npm run bench`, once the environment is there: measures, prints a table and writes a JSON file. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { environment } from '../support/test-environment.ts';
import { type CreateExtent, measureBusyCreateRate, measureCreateRate } from './create-rate.ts';
import { catchInterruptions } from './interruption.ts';
import { describeMachine } from './machine.ts';
import { measureManyAtOnce } from './many-at-once.ts';
import { measureOneByOne } from './one-by-one.ts';
import { withRig } from './rig.ts';
import { type BenchResult, describeResult } from './table.ts';

/** How much is measured. */
interface Extent {
  readonly create: CreateExtent;
  readonly pairs: number;
  readonly crowd: { readonly count: number; readonly rounds: number };
}

const QUICK: Extent = {
  create: { rounds: 1, seconds: 2 },
  pairs: 4,
  crowd: { count: 5, rounds: 1 },
};
const LARGEST = 200;

function parseExtent(args: readonly string[]): Extent {
  const { values } = parseArgs({
    args: [...args],
    options: { tasks: { type: 'string' }, quick: { type: 'boolean', default: false } },
  });
  if (values.quick) return QUICK;
  const tasks = Number(values.tasks ?? 20);
  if (!Number.isInteger(tasks) || tasks < 1 || tasks > LARGEST) {
    throw new Error(`--tasks takes a whole number from 1 to ${LARGEST}.`);
  }
  return { create: { rounds: 3, seconds: 5 }, pairs: tasks, crowd: { count: tasks, rounds: 3 } };
}

async function measure(extent: Extent): Promise<Pick<BenchResult, 'figures' | 'notes'>> {
  say('create rate at 1, 8 and 64 connections …');
  const paused = await measureCreateRate(extent.create);
  say('the same while tasks run …');
  const busy = await measureBusyCreateRate(extent.create);
  return withRig(async (rig) => {
    say(`${extent.pairs} tasks one by one, each beside a bare pod …`);
    const single = await measureOneByOne(rig, extent.pairs);
    const { count, rounds } = extent.crowd;
    say(`${count} tasks at once, then ${count} bare pods; ${rounds} of each …`);
    const crowd = await measureManyAtOnce(rig, extent.crowd);
    return { figures: [...paused, ...busy, ...single, ...crowd.figures], notes: crowd.notes };
  });
}

function say(line: string): void {
  console.error(line);
}

function write(result: BenchResult): string {
  const folder = path.join(environment('STATE_DIR'), 'bench');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${result.at.replaceAll(':', '-')}.json`);
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
  return file;
}

function ownVersion(): string {
  const text = readFileSync(path.join(import.meta.dirname, '../../package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

async function main(args: readonly string[]): Promise<void> {
  const extent = parseExtent(args);
  catchInterruptions();
  const machine = await describeMachine();
  const at = new Date().toISOString();
  const command = ['npm run bench', ...(args.length === 0 ? [] : ['--', ...args])].join(' ');
  const result = { at, command, version: ownVersion(), machine, ...(await measure(extent)) };
  console.log(describeResult(result));
  say(`\nWritten to ${write(result)}.`);
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
