/** Ctrl-C during a measurement. */

const { promise: interrupted, reject } = Promise.withResolvers<never>();
interrupted.catch(() => undefined);

/** From now on Ctrl-C and SIGTERM end what is measured, so that it can be cleaned up, instead of the process. */
export function catchInterruptions(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      reject(new Error('interrupted'));
    });
  }
}

/** The work, or a rejection as soon as somebody interrupts. */
export async function untilInterrupted<T>(work: () => Promise<T>): Promise<T> {
  return Promise.race([interrupted, work()]);
}
