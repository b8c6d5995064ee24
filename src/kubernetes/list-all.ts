/** Lists objects page by page. */
import type { ApiObject, Followed } from './follow-resource.ts';

const PAGE_SIZE = '500';

interface Page<T> {
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items: readonly T[];
}

/**
 * Hands every object to `onItem` and returns all names with the version that a watch may start from. Only one page is
 * in memory at a time. Throws what the client throws, a 410 too, when the pages took too long.
 */
export async function listAll<T extends ApiObject>(
  what: Pick<Followed<T>, 'api' | 'path' | 'labelSelector' | 'signal' | 'onItem'>,
): Promise<{ readonly names: ReadonlySet<string>; readonly version: string }> {
  const names = new Set<string>();
  let next: string | undefined;
  for (;;) {
    what.signal.throwIfAborted();
    const page: Page<T> = await what.api.json<Page<T>>({
      method: 'GET',
      path: what.path,
      query: {
        limit: PAGE_SIZE,
        ...(what.labelSelector === undefined ? {} : { labelSelector: what.labelSelector }),
        ...(next === undefined ? {} : { continue: next }),
      },
    });
    for (const item of page.items) {
      names.add(item.metadata?.name ?? '');
      what.onItem(item);
    }
    next = page.metadata.continue;
    if (next === undefined || next === '') {
      return { names, version: page.metadata.resourceVersion ?? '' };
    }
  }
}
