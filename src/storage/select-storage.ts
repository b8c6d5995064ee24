/** Which adapter serves a URL. */
import { displayUrl, schemeOf } from './location.ts';
import type { Storage } from './ports.ts';
import { StorageError } from './storage-error.ts';

/** Finds the adapter by the URL's scheme; throws StorageError `failed` for a scheme nobody serves. */
export type StorageSelector = (url: string) => Storage;

/** Builds the selector from adapters by scheme, in lower case. */
export function createStorageSelector(
  adapters: Readonly<Partial<Record<string, Storage>>>,
): StorageSelector {
  return (url) => {
    const scheme = schemeOf(url);
    const storage = Object.hasOwn(adapters, scheme) ? adapters[scheme] : undefined;
    if (storage !== undefined) return storage;
    const served = Object.keys(adapters).join(', ');
    throw new StorageError(
      'failed',
      `${displayUrl(url)} cannot be transferred: "${scheme}" is not a scheme that this installation serves (${served}).`,
    );
  };
}
