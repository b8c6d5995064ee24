/** What the machine gives without Orrery: Postgres alone and Fastify alone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';

import pg from 'pg';
import { v7 } from 'uuid';

import { summarize } from '../statistics.ts';
import { type LoadResult, runLoad } from './load.ts';

/** The same four rows that a task is stored in, one transaction each. */
const INSERT = `
  with task as (
    insert into tasks (id, owner, group_name, name, tags, last_event)
    values ($1, 'bare', 'bare', $2, $3, 1) returning id, created_at
  ), document as (
    insert into task_documents (task_id, document, warnings) select id, $4, '[]' from task
  ), dispatch as (
    insert into outbox (task_id) select id from task
  )
  insert into task_events (task_id, number, at, to_state, reason, actor)
  select id, 1, created_at, 'QUEUED', 'The task was accepted.', 'api' from task
`;

/** What is repeated, how often at once and how long. */
export interface BareLoad {
  readonly body: { readonly name: string; readonly tags: object };
  readonly connections: number;
  readonly seconds: number;
}

/** Inserts by the plain driver, one connection each. */
export async function measureBareInserts(url: string, load: BareLoad): Promise<LoadResult> {
  const times: number[] = [];
  const document = JSON.stringify(load.body);
  const tags = JSON.stringify(load.body.tags);
  const clients = Array.from({ length: load.connections }, () => new pg.Client(url));
  await Promise.all(clients.map((client) => client.connect()));
  const begunAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const endAt = begunAt + load.seconds * 1000;
  await Promise.all(
    clients.map(async (client) => {
      for (let now = performance.now(); now < endAt; now = performance.now()) {
        const values = [v7(), load.body.name, tags, document];
        await client.query({ name: 'bare', text: INSERT, values });
        times.push(performance.now() - now);
      }
    }),
  );
  const cpu = process.cpuUsage(cpuBefore);
  const seconds = (performance.now() - begunAt) / 1000;
  await Promise.all(clients.map((client) => client.end()));
  const generatorShare = (cpu.user + cpu.system) / 1e6 / seconds;
  return { ...summarize(times), perSecond: times.length / seconds, refused: 0, generatorShare };
}

/** POSTs to an empty handler in a process of its own. */
export async function measureBareFastify(load: BareLoad): Promise<LoadResult> {
  const file = path.join(import.meta.dirname, 'bare-fastify.ts');
  const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  try {
    const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
    return await runLoad({
      ...{ url, method: 'POST', warmSeconds: 1 },
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(load.body),
      ...{ connections: load.connections, seconds: load.seconds },
    });
  } finally {
    child.stdin.end();
    await ended;
  }
}
