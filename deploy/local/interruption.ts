import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<AbortSignal>();

/** Runs work whose commands and waits end at once when the signal is aborted: Ctrl-C during a long start. */
export async function runInterruptible<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return storage.run(signal, work);
}

/** The signal of the interruptible work that the caller is part of. */
export function currentInterruption(): AbortSignal | undefined {
  return storage.getStore();
}
