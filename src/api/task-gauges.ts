/** The gauges that are read from Postgres, the same in every process. */
import { setTimeout as after } from 'node:timers/promises';

import type { FastifyBaseLogger } from 'fastify';
import { Gauge, Registry } from 'prom-client';

import type { StatisticsStore, StuckReason, TaskStatistics } from '../store/ports.ts';
import type { Hold } from '../tes/hold.ts';

/** What the gauges are made from; deadlines in milliseconds. */
export interface TaskGaugesDeps {
  readonly statistics: StatisticsStore;
  readonly deadlines: { readonly queueMs: number; readonly totalMs: number };
  readonly logger: FastifyBaseLogger;
}

/** The gauges as text for Prometheus. */
export interface TaskGauges {
  /** Without Postgres only `tes_database_up` is told. */
  print(): Promise<string>;
}

/** Younger numbers are told again, so that many scrapers cost as much as one. */
const SHORTEST_CACHE_MS = 5_000;

/** The numbers may cost Postgres a tenth of one core's time at most. */
const CACHE_FACTOR = 10;

/** Prometheus gives up after 10 s by default; the other metrics must not wait for Postgres as long as that. */
const PATIENCE_MS = 3_000;

const OPEN_STATES = ['QUEUED', 'INITIALIZING', 'RUNNING', 'CANCELING'];
const STUCK_REASONS: StuckReason[] = ['deadline', 'cancel', 'attempt-ended', 'not-begun'];
const HOLDS: Hold['by'][] = ['pods', 'owner-pods', 'inline', 'owner-inline', 'refusals'];

/** Gauges over the statistics of the store, read when they are asked for. */
export function createTaskGauges({ statistics, deadlines, logger }: TaskGaugesDeps): TaskGauges {
  const up = new Registry();
  const database = new Gauge({
    name: 'tes_database_up',
    help: '1 when Postgres answered this scrape, else 0.',
    registers: [up],
  });
  const { registry, show } = buildGauges();
  let freshUntil = 0;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const begin = performance.now();
    show(await statistics.read(deadlines));
    const now = performance.now();
    freshUntil = now + Math.max(SHORTEST_CACHE_MS, CACHE_FACTOR * (now - begin));
  }

  /** One question at a time, also when Postgres answers late. */
  function refresh(): Promise<void> {
    if (performance.now() < freshUntil) return Promise.resolve();
    reading ??= read().finally(() => (reading = undefined));
    return reading;
  }

  return {
    async print() {
      const answered = await inTime(refresh()).catch((error: unknown) => {
        logger.warn({ err: error }, 'statistics not read');
        return false;
      });
      database.set(answered ? 1 : 0);
      return (await up.metrics()) + (answered ? await registry.metrics() : '');
    },
  };
}

/** False when it takes too long. */
async function inTime(work: Promise<void>): Promise<boolean> {
  const timer = new AbortController();
  const late = after(PATIENCE_MS, false, { signal: timer.signal });
  late.catch(() => undefined);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    timer.abort();
  }
}

function buildGauges(): { registry: Registry; show: (statistics: TaskStatistics) => void } {
  const registry = new Registry();
  const gauge = <Label extends string = never>(
    name: string,
    help: string,
    labelNames: Label[] = [],
  ): Gauge<Label> => new Gauge({ name, help, labelNames, registers: [registry] });

  const open = gauge('tes_tasks_open', 'Tasks that are not final, by state.', ['state']);
  const stored = gauge('tes_tasks_stored', 'All tasks by state, estimated.', ['state']);
  const stuck = gauge('tes_tasks_stuck', 'Open tasks that should have moved on.', ['reason']);
  const rows = gauge('tes_outbox_rows', 'Starts and cancels Temporal was not told of yet.');
  const age = gauge('tes_outbox_age_seconds', 'Since when the oldest of them waits.');
  const attempts = gauge('tes_attempts_open', 'Attempts that are not settled.');
  const unproven = gauge('tes_attempts_unproven', 'Settled attempts without proof of death.');
  const pods = gauge('tes_pods_alive', 'Pods that count against the limits.');
  const inline = gauge('tes_inline_bytes_alive', 'Bytes of large documents of pods alive.');
  const held = gauge('tes_tasks_held', 'Tasks that are kept from being started.', ['by']);

  function show(statistics: TaskStatistics): void {
    for (const state of OPEN_STATES) open.set({ state }, statistics.openTasks[state] ?? 0);
    for (const reason of STUCK_REASONS) stuck.set({ reason }, statistics.stuckTasks[reason] ?? 0);
    stored.reset();
    for (const [state, count] of Object.entries(statistics.storedTasks)) {
      stored.set({ state }, count);
    }
    rows.set(statistics.outboxRows);
    age.set(statistics.outboxAgeSeconds);
    attempts.set(statistics.openAttempts);
    unproven.set(statistics.unprovenAttempts);
    pods.set(statistics.podsAlive);
    inline.set(statistics.inlineBytesAlive);
    for (const by of HOLDS) held.set({ by }, statistics.heldTasks[by] ?? 0);
  }
  return { registry, show };
}
