/** A second Ctrl-C this long after the first one means: now. The terminal, npm and our starter each send their own. */
const PATIENCE_MS = 2000;

/**
 * Turns the signals that ask us to stop into an abort, so that the caller can put things in order. Asked again, it
 * ends at once and leaves the rest to `npm run local -- stop`.
 */
export function onInterrupt(): AbortSignal {
  const controller = new AbortController();
  let first = Infinity;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (performance.now() - first > PATIENCE_MS) {
        console.error('Ended without cleaning up: `npm run local -- stop` does that.');
        process.exit(130);
      }
      if (controller.signal.aborted) return;
      first = performance.now();
      console.error('\nStopping …');
      controller.abort();
    });
  }
  return controller.signal;
}
