/** The public API as a patient client uses it: any process that answers, again and again until one does. */
import { setTimeout as pause } from 'node:timers/promises';

import type { Fleet } from './fleet.ts';

/** What clients do. */
export interface ApiDoor {
  /** Posts a task until it is accepted and returns its id. Throws when the task itself is refused. */
  submit(task: object, key: string): Promise<string>;
  /** Asks to cancel until an answer comes; false when the task had ended before. */
  cancel(id: string): Promise<boolean>;
  state(id: string): Promise<string | undefined>;
  /** How many requests had to be sent again. */
  retries(): number;
}

const REQUEST_MS = 10_000;
const PAUSE_MS = 300;
const TASKS = '/ga4gh/tes/v1/tasks';

/** A client of all processes that have the API; it gives up when `signal` is aborted. */
export function createApiDoor(fleet: Fleet, signal: AbortSignal): ApiDoor {
  let retries = 0;
  let turn = 0;

  function nextUrl(): string | undefined {
    const urls = fleet.of('api').flatMap(({ member }) => member.url() ?? []);
    turn += 1;
    return urls[turn % Math.max(1, urls.length)];
  }

  /** An answer that means "not now" is no answer. */
  async function trySend(path: string, init: RequestInit): Promise<Response | undefined> {
    const url = nextUrl();
    if (url === undefined) return undefined;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]);
    const answer = await fetch(`${url}${path}`, { ...init, signal: limit }).catch(() => undefined);
    const isFinal = answer !== undefined && answer.status < 500 && answer.status !== 429;
    if (isFinal) return answer;
    await answer?.body?.cancel();
    return undefined;
  }

  async function send(path: string, init: RequestInit): Promise<{ status: number; body: unknown }> {
    for (;;) {
      signal.throwIfAborted();
      const answer = await trySend(path, init);
      const body: unknown = await answer?.json().catch(() => undefined);
      if (answer !== undefined && body !== undefined) return { status: answer.status, body };
      retries += 1;
      await pause(PAUSE_MS);
    }
  }

  return {
    retries: () => retries,
    async submit(task, key) {
      const { status, body } = await send(TASKS, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(task),
      });
      const { id } = body as { id?: string };
      if (status === 200 && id !== undefined) return id;
      throw new Error(`the API answers ${status} to a task: ${JSON.stringify(body)}`);
    },
    async cancel(id) {
      const { status } = await send(`${TASKS}/${id}:cancel`, { method: 'POST' });
      return status === 200;
    },
    async state(id) {
      const { body } = await send(`${TASKS}/${id}`, {});
      return (body as { state?: string }).state;
    },
  };
}
