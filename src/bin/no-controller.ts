/** Commands that take away what a controller works with must not meet one. */
import type { Engines } from './engines.ts';

/** Throws while a controller holds the lease. Workers leave no such trace; the administrator stops them too. */
export async function expectNoController({ lease }: Pick<Engines, 'lease'>): Promise<void> {
  const held = await lease.look();
  if (held === undefined) return;
  const seconds = Math.ceil(held.livesMs / 1000);
  throw new Error(
    `The controller ${held.holder} is running: stop all roles first. If it was killed, its lease ends in ${seconds} s.`,
  );
}
