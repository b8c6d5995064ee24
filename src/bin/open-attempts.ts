/** The open attempts of an installation, for people. */
import type { OpenAttempt } from '../store/ports.ts';
import type { Engines } from './engines.ts';

const PAGE = 1_000;

/** Every open attempt whose pod is recorded, page by page. */
export async function* openAttempts({ store }: Engines): AsyncGenerator<OpenAttempt> {
  let page: readonly OpenAttempt[] | undefined;
  while (page === undefined || page.length === PAGE) {
    page = await store.openAttempts.listOpen(page?.at(-1)?.taskId, PAGE);
    yield* page;
  }
}
