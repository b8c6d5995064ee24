/** Follows one kind of object for ever: list it, watch it, and list it anew whenever the watch ends. */
import { setTimeout as pause } from 'node:timers/promises';

import type { ApiClient } from './api-client.ts';
import { isForbidden } from './api-error.ts';
import { listAll } from './list-all.ts';
import { watchOnce } from './watch-once.ts';

/** Where the follower reports trouble that it deals with itself. */
export interface WatchLog {
  warn(fields: object, message: string): void;
}

/** How long things may take. */
export interface WatchTimes {
  /** After this many seconds, give or take a fifth, a watch is renewed by a list, which finds what was missed. */
  readonly watchSeconds: number;
  /** A watch that says nothing for so long is dead: bookmarks come every minute. */
  readonly silenceMs: number;
  /** The longest pause after trouble. */
  readonly maxPauseMs: number;
}

/** What every object of the API has. */
export interface ApiObject {
  readonly metadata?: { readonly name?: string };
}

/** What is followed, and who hears of it. */
export interface Followed<T extends ApiObject> {
  readonly api: ApiClient;
  readonly path: string;
  readonly labelSelector?: string;
  /** Whether to go on without these objects where the cluster forbids reading them. */
  readonly optional: boolean;
  readonly signal: AbortSignal;
  readonly log: WatchLog;
  readonly times?: Partial<WatchTimes>;
  readonly onItem: (item: T) => void;
  readonly onGone: (item: T) => void;
  readonly onListed?: (names: ReadonlySet<string>) => void;
}

const TIMES: WatchTimes = { watchSeconds: 300, silenceMs: 130_000, maxPauseMs: 10_000 };
const FIRST_PAUSE_MS = 250;

/** A watch that lived so long was not part of the trouble. */
const SOUND_MS = 5_000;

/**
 * Starts to follow. `listed` resolves after the first complete list, or when there is nothing more to wait for;
 * `ended` after the signal. Neither rejects.
 */
export function followResource<T extends ApiObject>(
  what: Followed<T>,
): { readonly listed: Promise<unknown>; readonly ended: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<true>();
  const markListed = () => {
    resolve(true);
  };
  const guarded = { ...what, onItem: guard(what, what.onItem), onGone: guard(what, what.onGone) };
  const ended = follow(guarded, markListed).finally(markListed);
  return { listed: promise, ended };
}

async function follow<T extends ApiObject>(
  what: Followed<T>,
  markListed: () => void,
): Promise<void> {
  const times = { ...TIMES, ...what.times };
  let failures = 0;
  while (!isStopped(what.signal)) {
    const startedAt = performance.now();
    try {
      const { names, version } = await listAll(what);
      guard(what, () => what.onListed?.(names))();
      markListed();
      await watchOnce(what, version, times);
    } catch (err) {
      if (isStopped(what.signal)) return;
      if (what.optional && isForbidden(err)) {
        what.log.warn({ path: what.path }, 'these objects may not be read, going on without them');
        return;
      }
      what.log.warn({ err, path: what.path }, 'list or watch failed, listing anew');
    }
    failures = performance.now() - startedAt > SOUND_MS ? 0 : failures + 1;
    await rest(failures, times.maxPauseMs, what.signal);
  }
}

function isStopped(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Doubling pauses with full jitter; a watch that lived is renewed at once. */
async function rest(failures: number, maxMs: number, signal: AbortSignal): Promise<void> {
  if (failures === 0) return;
  const ms = Math.random() * Math.min(maxMs, FIRST_PAUSE_MS * 2 ** failures);
  await pause(ms, undefined, { signal }).catch(() => undefined);
}

/** A handler's error is the handler's: it must not end the watch for everybody. */
function guard<Args extends unknown[]>(
  { log }: { readonly log: WatchLog },
  handler: (...args: Args) => void,
): (...args: Args) => void {
  return (...args) => {
    try {
      handler(...args);
    } catch (err) {
      log.warn({ err }, 'a handler of watched objects failed');
    }
  };
}
