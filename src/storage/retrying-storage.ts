/** Trying again where trying again may help. */
import { setTimeout as sleep } from 'node:timers/promises';

import type { Storage } from './ports.ts';
import { StorageError } from './storage-error.ts';

/** How often and when; `pause` waits for that many milliseconds. */
export interface RetryOptions {
  /** Milliseconds before the second, third, … try. */
  readonly delays: readonly number[];
  readonly pause: (ms: number) => Promise<unknown>;
}

const DEFAULTS: RetryOptions = { delays: [200, 1_000, 3_000], pause: sleep };

/**
 * The same storage, with `transient` errors of single transfers tried again; the last one is
 * thrown. Listings are not: what was seen of them is already in use.
 */
export function withRetries(storage: Storage, options: RetryOptions = DEFAULTS): Storage {
  const retried = async <T>(work: () => Promise<T>): Promise<T> => {
    for (const delay of options.delays) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof StorageError) || error.problem !== 'transient') throw error;
        await options.pause(delay);
      }
    }
    return work();
  };
  return {
    stat: (location) => retried(() => storage.stat(location)),
    list: (location) => storage.list(location),
    download: (location, target) => retried(() => storage.download(location, target)),
    upload: (source, location) => retried(() => storage.upload(source, location)),
  };
}
