/** Many calls, few runs. */

/** Runs at the first call and then, while calls come, once after each `ms` milliseconds; the last call is never lost. */
export function createCoalesced(run: () => void, ms: number): { call(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let again = false;

  function start(): void {
    run();
    timer = setTimeout(() => {
      timer = undefined;
      if (!again) return;
      again = false;
      start();
    }, ms);
    timer.unref();
  }

  return {
    call() {
      if (timer === undefined) start();
      else again = true;
    },
    stop() {
      clearTimeout(timer);
    },
  };
}
