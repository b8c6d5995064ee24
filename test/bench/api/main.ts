/** `npm run bench:api`, once Postgres is there: measures, prints a table and writes a JSON file. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { environment } from '../../support/test-environment.ts';
import { describeMachine } from '../machine.ts';
import { startBackground } from './background.ts';
import { measureCreates } from './creates.ts';
import { describeDisk } from './disk.ts';
import type { ApiFigure } from './figure.ts';
import { measureReads } from './reads.ts';
import { type ApiResult, describeApiResult } from './report.ts';
import { fill } from './seed.ts';
import { startBenchServer } from './server.ts';
import { measureWalk } from './walk.ts';

/** Four fifths of them are one owner's: 100,000, and 800,000. */
const STORED = 125_000;
const STORED_MILLION = 1_000_000;

type Found = Pick<ApiResult, 'figures' | 'notes'>;

function say(line: string): void {
  console.error(line);
}

async function creates(seconds: number): Promise<Found> {
  const server = await startBenchServer();
  try {
    return { figures: await measureCreates(server, { seconds, say }), notes: [] };
  } finally {
    await server.stop();
  }
}

async function reads(total: number, seconds: number): Promise<Found> {
  const server = await startBenchServer();
  try {
    const filled = await fill(server.databaseUrl, total, say);
    const disk = await describeDisk(server.databaseUrl, total);
    const background = await startBackground(server);
    const figures: ApiFigure[] = [];
    try {
      figures.push(...(await measureReads(server, filled, { seconds, say })));
      say('walk …');
      figures.push(await measureWalk(server));
    } finally {
      const written = await background.stop();
      const rate = (count: number): string => (count / written.seconds).toFixed(0);
      say(`${rate(written.creates)} creates and ${rate(written.projections)} projections a second`);
    }
    const titled = figures.map((figure) => ({
      ...figure,
      measure: `${figure.measure} (${total})`,
    }));
    return { figures: titled, notes: [disk] };
  } finally {
    await server.stop();
  }
}

async function measure(args: readonly string[]): Promise<Found> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      million: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
    },
  });
  const seconds = values.quick ? 2 : 6;
  const found: Found[] = [];
  if (values.only !== 'reads') found.push(await creates(seconds));
  if (values.only !== 'creates') {
    found.push(await reads(STORED, seconds));
    if (values.million) found.push(await reads(STORED_MILLION, seconds));
  }
  return {
    figures: found.flatMap(({ figures }) => figures),
    notes: found.flatMap(({ notes }) => notes),
  };
}

function write(result: ApiResult): string {
  const folder = path.join(environment('STATE_DIR'), 'bench');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `api-${result.at.replaceAll(':', '-')}.json`);
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
  return file;
}

const args = process.argv.slice(2);
const machine = await describeMachine();
const at = new Date().toISOString();
const command = ['npm run bench:api', ...(args.length === 0 ? [] : ['--', ...args])].join(' ');
const result = { at, command, machine, ...(await measure(args)) };
console.log(describeApiResult(result));
say(`\nWritten to ${write(result)}.`);
