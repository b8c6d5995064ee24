/** One list, page by page. */
import type { ApiClient } from './api-client.ts';

/** What is listed. */
export interface Listed {
  readonly path: string;
  readonly labelSelector?: string;
}

/** One page of a list. */
export interface Page<T> {
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items: readonly T[];
}

const PAGE_SIZE = '500';

/** The pages of a list as they come. Throws what the client throws, a 410 too, when the pages took too long. */
export async function* listPages<T>(
  api: ApiClient,
  { path, labelSelector }: Listed,
): AsyncGenerator<Page<T>> {
  let next: string | undefined;
  do {
    const page: Page<T> = await api.json<Page<T>>({
      method: 'GET',
      path,
      query: {
        limit: PAGE_SIZE,
        ...(labelSelector === undefined ? {} : { labelSelector }),
        ...(next === undefined ? {} : { continue: next }),
      },
    });
    yield page;
    next = page.metadata.continue;
  } while (next !== undefined && next !== '');
}
