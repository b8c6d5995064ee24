/** `npm run bench`, once the environment is there: measures, prints a table and writes a JSON file. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { environment } from '../support/test-environment.ts';
import { measureCancels } from './cancels.ts';
import { measureCreates } from './create-rate.ts';
import { catchInterruptions } from './interruption.ts';
import { describeMachine } from './machine.ts';
import { measureCrowds } from './many-at-once.ts';
import { measurePairs } from './one-by-one.ts';
import { measureOpenTasks } from './open-tasks/open-tasks.ts';
import type { Extent, Findings, Part } from './part.ts';
import { measureSleepers } from './sleepers/sleepers.ts';
import { type BenchResult, describeResult } from './table.ts';
import { measureThroughput } from './throughput/throughput.ts';
import { measureWatcher } from './watcher/watcher.ts';

const PARTS = {
  create: measureCreates,
  pairs: measurePairs,
  crowd: measureCrowds,
  cancel: measureCancels,
  throughput: measureThroughput,
  watcher: measureWatcher,
  sleepers: measureSleepers,
  'open-tasks': measureOpenTasks,
} as const satisfies Readonly<Record<string, Part>>;

type PartName = keyof typeof PARTS;

/** What users feel; all others are about scale, and take longer. */
const USUAL: readonly PartName[] = ['create', 'pairs', 'crowd'];

interface Wanted {
  readonly parts: readonly PartName[];
  readonly extent: Extent;
}

function parseWanted(args: readonly string[]): Wanted {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true },
      tasks: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const parts = values.only?.map(toPart) ?? USUAL;
  const { quick: isQuick, tasks } = values;
  return { parts, extent: { isQuick, ...(tasks !== undefined && { tasks: toCount(tasks) }) } };
}

function toPart(name: string): PartName {
  if (name in PARTS) return name as PartName;
  throw new Error(`--only takes one of ${Object.keys(PARTS).join(', ')}.`);
}

function toCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new Error('--tasks takes a whole number from 1.');
}

async function measure({ parts, extent }: Wanted): Promise<Findings> {
  const findings: Findings[] = [];
  for (const name of parts) findings.push(await PARTS[name](extent, say));
  return {
    figures: findings.flatMap(({ figures }) => figures),
    notes: findings.flatMap(({ notes }) => notes),
  };
}

function say(line: string): void {
  const seconds = (performance.now() / 1000).toFixed(0);
  console.error(`${seconds.padStart(5)} s  ${line}`);
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
  const wanted = parseWanted(args);
  catchInterruptions();
  const machine = await describeMachine();
  const at = new Date().toISOString();
  const command = ['npm run bench', ...(args.length === 0 ? [] : ['--', ...args])].join(' ');
  const result = { at, command, version: ownVersion(), machine, ...(await measure(wanted)) };
  console.log(describeResult(result));
  say(`Written to ${write(result)}.`);
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
