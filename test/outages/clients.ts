/** Clients that go on asking while an engine is away, and what they are answered. */
import { setTimeout as pause } from 'node:timers/promises';

import type { Fleet } from '../chaos/fleet.ts';
import { aShortTask } from './cast.ts';
import type { Players } from './players.ts';
import type { Rig } from './rig.ts';

/** One request and its answer; without a status there was none. */
export interface Answer {
  readonly what: 'POST' | 'GET' | 'LIST' | 'health';
  readonly status: number | undefined;
  readonly ms: number;
  readonly retryAfter: string | undefined;
}

/** What came of the asking. */
export interface Asked {
  readonly answers: readonly Answer[];
  /** Keys of POSTs that were not accepted, to be sent again. */
  readonly refusedKeys: readonly string[];
}

const TASKS = '/ga4gh/tes/v1/tasks';
const READ_EVERY_MS = 2_000;
const POSTS = 10;
const PATIENCE_MS = 60_000;

/** The role of tasks that are posted meanwhile. */
export const POSTED = { part: 'is posted during it', end: 'COMPLETE' } as const;

/** Asks both APIs in turn for some milliseconds: GET and LIST every two seconds, ten POSTs in all. */
export async function askFor(
  outageMs: number,
  { rig, players }: { readonly rig: Rig; readonly players: Players },
): Promise<Asked> {
  const [known] = players.all();
  const answers: Answer[] = [];
  const refusedKeys: string[] = [];
  const pending: Promise<void>[] = [];
  const until = Date.now() + outageMs;
  let nextPost = Date.now() + 1_000;

  async function read(what: 'GET' | 'LIST' | 'health', path: string): Promise<void> {
    answers.push((await ask(rig.fleet, { what, path })).answer);
  }

  async function post(key: string): Promise<void> {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(aShortTask(rig)),
    };
    const { answer, body } = await ask(rig.fleet, { what: 'POST', path: TASKS, init });
    answers.push(answer);
    const { id } = (body ?? {}) as { id?: string };
    if (answer.status === 200 && id !== undefined) players.add(POSTED, id);
    else refusedKeys.push(key);
  }

  for (let round = 0; Date.now() < until; round += 1) {
    pending.push(read('GET', `${TASKS}/${known?.submission.id ?? ''}?view=FULL`));
    pending.push(read('LIST', `${TASKS}?page_size=20`), read('health', '/healthz'));
    if (Date.now() >= nextPost) {
      nextPost += outageMs / POSTS;
      pending.push(post(`${rig.taskQueue}-during-${round}`));
    }
    await pause(READ_EVERY_MS);
  }
  await Promise.all(pending);
  return { answers, refusedKeys };
}

let turn = 0;

interface Request {
  readonly what: Answer['what'];
  readonly path: string;
  readonly init?: RequestInit;
}

async function ask(
  fleet: Fleet,
  { what, path, init }: Request,
): Promise<{ answer: Answer; body: unknown }> {
  const urls = fleet.of('api').flatMap(({ member }) => member.url() ?? []);
  turn += 1;
  const url = `${urls[turn % Math.max(1, urls.length)] ?? ''}${path}`;
  const begun = performance.now();
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) }).catch(
    () => undefined,
  );
  const body: unknown = await response?.json().catch(() => undefined);
  const answer = {
    what,
    status: response?.status,
    ms: performance.now() - begun,
    retryAfter: response?.headers.get('retry-after') ?? undefined,
  };
  return { answer, body };
}
