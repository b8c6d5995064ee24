import { setTimeout as delay } from 'node:timers/promises';

import { currentInterruption } from './interruption.ts';

const INTERVAL_MS = 100;

/** Asks again and again until the answer is yes; false when `seconds` have passed without one. */
export async function waitUntil(
  isTrue: () => boolean | Promise<boolean>,
  seconds: number,
  intervalMs = INTERVAL_MS,
): Promise<boolean> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    currentInterruption()?.throwIfAborted();
    if (await isTrue()) return true;
    if (Date.now() >= end) return false;
    await delay(intervalMs);
  }
}
