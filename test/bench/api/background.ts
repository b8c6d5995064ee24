/** The writes that go on while reads are measured: 100 creates and 100 projections a second. */
import { request } from 'node:http';

import pg from 'pg';
import { pino } from 'pino';

import { createPool } from '../../../src/store/pool.ts';
import { createStore } from '../../../src/store/store.ts';
import { NEXTFLOW } from './bodies.ts';
import { type BenchServer, OWNER_HEADER } from './server.ts';

/** Running writes. */
export interface Background {
  /** Waits for the last ones; tells how many tasks were created and projected, and how long it took. */
  stop(): Promise<{ creates: number; projections: number; seconds: number }>;
}

const TICK_MS = 50;
const PER_TICK = 5;

/** Starts the writes; they end by themselves when no open attempt is left. */
export async function startBackground(server: BenchServer): Promise<Background> {
  const pool = createPool(
    { url: server.databaseUrl, max: 2, applicationName: 'bench', statementTimeout: 30_000 },
    pino({ level: 'silent' }),
  );
  const { projection } = createStore(pool, pino({ level: 'silent' }));
  const waiting = await openPods(server.databaseUrl);
  const done = { creates: 0, projections: 0 };
  const inFlight = new Set<Promise<unknown>>();
  const begunAt = performance.now();

  const track = (work: Promise<unknown>): void => {
    const tracked = work.finally(() => inFlight.delete(tracked));
    inFlight.add(tracked);
  };
  const timer = setInterval(() => {
    const pods = waiting.splice(0, PER_TICK);
    const at = new Date();
    track(projection.advance(pods.map((pod) => ({ ...pod, number: 1, state: 'RUNNING', at }))));
    done.projections += pods.length;
    for (let count = 0; count < PER_TICK; count += 1) track(create(server.tasks));
    done.creates += PER_TICK;
  }, TICK_MS);

  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(inFlight);
      await pool.end();
      return { ...done, seconds: (performance.now() - begunAt) / 1000 };
    },
  };
}

async function openPods(url: string): Promise<{ taskId: string; uid: string }[]> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<{ taskId: string; uid: string }>(
    `select task_id as "taskId", pod_uid as uid
     from attempts join tasks on tasks.id = task_id
     where settled_at is null and state = 'INITIALIZING'`,
  );
  await client.end();
  return rows;
}

const BODY = JSON.stringify(NEXTFLOW);

function create(url: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const headers = { 'content-type': 'application/json', [OWNER_HEADER]: 'owner-7' };
  const call = request(url, { method: 'POST', headers }, (answer) => {
    answer.resume();
    answer.once('end', () => {
      if (answer.statusCode === 200) resolve(undefined);
      else reject(new Error(`a create was answered ${answer.statusCode}`));
    });
  });
  call.once('error', reject);
  call.end(BODY);
  return promise;
}
