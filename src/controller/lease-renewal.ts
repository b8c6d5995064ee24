/** Keeping a lease that was won. */
import type { Logger } from 'pino';

import type { LeaseStore } from '../store/ports.ts';
import { startLoop } from './loop.ts';

/** Whose lease is renewed. */
export interface RenewalOptions {
  readonly lease: LeaseStore;
  readonly holder: string;
  readonly epoch: number;
  /** When the lease was asked for, by `performance.now()`: it lives at least its length from then on. */
  readonly askedAt: number;
  readonly logger: Logger;
}

/** A lease in hand. */
export interface Renewal {
  /** Resolves with the reason as soon as the lease cannot be relied upon any longer. */
  readonly lost: Promise<string>;
  stop(): Promise<void>;
}

/** As parts of the length: how often it is renewed, how soon a renewal without an answer is repeated, when it is given up. */
const RENEW_EVERY = 1 / 3;
const ANSWER_WITHIN = 2 / 15;
const REPEAT_AFTER = 1 / 15;
const GIVE_UP_AFTER = 4 / 5;

/**
 * Renews the lease. It is given up by this process's own clock well before it ends in the database, so that nobody
 * else has it while our loops are still stopping.
 */
export function startRenewal(options: RenewalOptions): Renewal {
  const { lease, holder, epoch } = options;
  const { promise: lost, resolve: lose } = Promise.withResolvers<string>();
  let confirmedAt = -Infinity;
  let deadline: NodeJS.Timeout | undefined;

  function confirm(askedAt: number): void {
    if (askedAt <= confirmedAt) return;
    confirmedAt = askedAt;
    clearTimeout(deadline);
    const left = askedAt + lease.lengthMs * GIVE_UP_AFTER - performance.now();
    deadline = setTimeout(() => {
      lose('it could not be renewed in time');
    }, left);
  }

  /** An answer counts also when it comes so late that the next renewal is under way. */
  async function renew(): Promise<void> {
    const askedAt = performance.now();
    if (await lease.renew(holder, epoch)) confirm(askedAt);
    else lose('it has expired');
  }

  confirm(options.askedAt);
  const loop = startLoop({
    name: 'lease renewal',
    logger: options.logger,
    pauseMs: lease.lengthMs * RENEW_EVERY,
    longestPauseMs: lease.lengthMs * REPEAT_AFTER,
    round: async () => {
      await within(lease.lengthMs * ANSWER_WITHIN, renew());
      return false;
    },
  });
  return {
    lost,
    async stop() {
      confirmedAt = Infinity;
      clearTimeout(deadline);
      await loop.stop();
    },
  };
}

/** A machine that vanished answers never; the next renewal goes over another connection. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new Error(`The lease was not renewed within ${ms} ms; trying again.`));
  }, ms);
  return Promise.race([work, late.promise]).finally(() => {
    clearTimeout(timer);
  });
}
