/** Lists objects page by page. */
import type { ApiObject, Followed } from './follow-resource.ts';
import { listPages } from './list-pages.ts';

/**
 * Hands every object to `onItem` and returns all names with the version that a watch may start from. Only one page is
 * in memory at a time. Throws what the client throws, a 410 too, when the pages took too long.
 */
export async function listAll<T extends ApiObject>(
  what: Pick<Followed<T>, 'api' | 'path' | 'labelSelector' | 'signal' | 'onItem'>,
): Promise<{ readonly names: ReadonlySet<string>; readonly version: string }> {
  const names = new Set<string>();
  let version = '';
  what.signal.throwIfAborted();
  for await (const page of listPages<T>(what.api, what)) {
    for (const item of page.items) {
      names.add(item.metadata?.name ?? '');
      what.onItem(item);
    }
    version = page.metadata.resourceVersion ?? '';
    what.signal.throwIfAborted();
  }
  return { names, version };
}
