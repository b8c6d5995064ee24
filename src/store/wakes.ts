/** Wakings of the dispatcher through Postgres: NOTIFY and LISTEN. */
import type { Socket } from 'node:net';

import pg from 'pg';
import type { Logger } from 'pino';

import { createCoalesced } from './coalesce.ts';
import type { Pool } from './pool.ts';
import type { WakeStore } from './ports.ts';

const CHANNEL = 'orrery_dispatch';

/** A NOTIFY takes a lock of the whole server at its commit, and a round costs the same for one task as for many. */
const SHORTEST_PAUSE_MS = 50;

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;

/** A connection on which nothing comes may be dead; asking finds that out. */
const HEARTBEAT_MS = 15_000;
const ANSWER_MS = 10_000;
const GOODBYE_MS = 1_000;

/** The wakings over the database of a pool. A listener has a connection beside those of the pool. */
export function createWakeStore(pool: Pool, logger: Logger): WakeStore {
  const notify = createCoalesced(() => {
    pool.query(`notify ${CHANNEL}`).catch((error: unknown) => {
      logger.debug({ err: error }, 'waking not sent');
    });
  }, SHORTEST_PAUSE_MS);

  return {
    wake: () => {
      notify.call();
    },

    listen(onWake) {
      const stopping = new AbortController();
      const waking = createCoalesced(onWake, SHORTEST_PAUSE_MS);
      const listening = listenForEver(pool, logger, {
        onWake: () => {
          waking.call();
        },
        signal: stopping.signal,
      });
      return {
        async stop() {
          stopping.abort();
          waking.stop();
          await listening;
        },
      };
    },
  };
}

interface Listening {
  readonly onWake: () => void;
  readonly signal: AbortSignal;
}

async function listenForEver(pool: Pool, logger: Logger, listening: Listening): Promise<void> {
  const { signal, onWake } = listening;
  let failures = 0;
  while (!signal.aborted) {
    try {
      await listenOnce(pool, listening, () => {
        failures = 0;
        // What was told while nobody listened is lost.
        onWake();
      });
    } catch (error) {
      failures += 1;
      logger.warn({ err: error, failures }, 'wakings are not heard, the dispatcher only polls');
      const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
      await pause(longest * (0.5 + Math.random() / 2), signal);
    }
  }
}

/** Listens until it is stopped; throws when the connection is lost. */
async function listenOnce(
  pool: Pool,
  { onWake, signal }: Listening,
  onReady: () => void,
): Promise<void> {
  const client = new pg.Client({
    ...pool.options,
    application_name: 'orrery-wakings',
    query_timeout: ANSWER_MS,
  });
  const lost = Promise.withResolvers<never>();
  const fail = (error?: Error): void => {
    lost.reject(error ?? new Error('Connection terminated'));
  };
  lost.promise.catch(() => undefined);
  client.on('error', fail);
  client.on('end', fail);
  client.on('notification', onWake);
  try {
    await client.connect();
    await client.query(`listen ${CHANNEL}`);
    onReady();
    while (!signal.aborted) {
      await Promise.race([client.query('select 1'), lost.promise]);
      await Promise.race([pause(HEARTBEAT_MS, signal), lost.promise]);
    }
  } finally {
    await end(client);
  }
}

/** A machine that vanished never confirms the goodbye, and whoever stops must not wait for it. */
async function end(client: pg.Client): Promise<void> {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  const timer = setTimeout(() => stream.destroy(), GOODBYE_MS);
  await client.end().catch(() => undefined);
  clearTimeout(timer);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
