/** What the figures depend on: the machine, its load, and how durable the database is. */
import os from 'node:os';

import pg from 'pg';

import { adminUrl } from '../support/postgres.ts';

/** The machine as it was before the measurements. */
export interface Machine {
  readonly cores: number;
  readonly model: string;
  readonly memoryGib: number;
  /** Load averages of 1, 5 and 15 minutes. */
  readonly load: readonly number[];
  readonly node: string;
  /** Settings of Postgres that decide what a commit costs. */
  readonly postgres: Readonly<Record<string, string>>;
}

const GIB = 1024 ** 3;

/** Looks at this machine and at the Postgres of the environment. */
export async function describeMachine(): Promise<Machine> {
  return {
    cores: os.availableParallelism(),
    model: os.cpus()[0]?.model ?? 'unknown',
    memoryGib: Math.round(os.totalmem() / GIB),
    load: os.loadavg().map((value) => Math.round(value * 100) / 100),
    node: process.version,
    postgres: await commitSettings(),
  };
}

async function commitSettings(): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: adminUrl() });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; setting: string }>(
      `select name, setting from pg_settings
       where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'server_version')`,
    );
    return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
  } finally {
    await client.end();
  }
}

/** Starts to count; the returned function tells the busy share of all cores since then, from 0 to 1. */
export function watchCores(): () => number {
  const before = cpuTimes();
  return () => {
    const after = cpuTimes();
    const total = after.total - before.total;
    return total === 0 ? 0 : 1 - (after.idle - before.idle) / total;
  };
}

function cpuTimes(): { idle: number; total: number } {
  const times = os.cpus().map((cpu) => cpu.times);
  return {
    idle: times.reduce((sum, { idle }) => sum + idle, 0),
    total: times.reduce((sum, time) => sum + Object.values(time).reduce((a, b) => a + b, 0), 0),
  };
}
