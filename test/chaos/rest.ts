/** Pauses of the harness, which end early when everything is to be healed. */
import { setTimeout as pause } from 'node:timers/promises';

/** Waits some milliseconds or until the signal. Never rejects. */
export async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined);
}
