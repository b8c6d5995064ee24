/** A watching process as its parent sees it. */
import { environment } from '../../support/test-environment.ts';
import { type AskedProcess, startAsked } from '../asked-process.ts';

/** What it tells of itself; memory in bytes. */
export interface Look {
  /** How many pods it has seen running. */
  readonly running: number;
  /** How long its first list took. */
  readonly listMs: number;
  /** After a garbage collection. */
  readonly heap: number;
  readonly rss: number;
}

/** Starts to watch the pods of an installation; it tells of itself once the first list is through. */
export function startWatching(namespace: string, installation: string): AskedProcess<Look> {
  const program = new URL('watching-process.ts', import.meta.url);
  return startAsked(program, [environment('KUBECONFIG'), namespace, installation], ['--expose-gc']);
}
