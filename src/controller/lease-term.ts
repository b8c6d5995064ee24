/** One term: from a lease that was won until its end, whatever ends it. */
import { once } from 'node:events';

import type { Logger } from 'pino';

import type { LeaseStore, Term } from '../store/ports.ts';
import { measureLease } from '../telemetry/metrics.ts';
import { startRenewal } from './lease-renewal.ts';

/** What runs for one term, and only for it. */
export interface Work {
  /** Why it is not fully at work yet, as one sentence for operators. */
  trouble(): string | undefined;
  /** From the call on nothing new begins; resolves when nothing runs any more. */
  stop(): Promise<void>;
}

/** A lease that was won, and when it was asked for by `performance.now()`. */
export interface Won {
  readonly epoch: number;
  readonly askedAt: number;
}

/** Whose term it is, and what is done in it. */
export interface TermOptions {
  readonly lease: LeaseStore;
  readonly holder: string;
  readonly logger: Logger;
  readonly begin: (term: Term) => Work;
  /** Ends the term without a loss. */
  readonly signal: AbortSignal;
  readonly onBegun: (work: Work) => void;
  readonly onEnded: () => void;
}

const STOPPED = 'this process stops';

/** Works until the lease is lost or the signal comes; resolves when nothing runs any more and the lease is given back. */
export async function serveTerm(options: TermOptions, won: Won): Promise<void> {
  const { lease, holder, logger, signal } = options;
  const { epoch } = won;
  const refused = Promise.withResolvers<string>();
  const onLost = (): void => {
    refused.resolve('a write was refused');
  };
  const renewal = startRenewal({ lease, holder, logger, ...won });
  try {
    logger.info({ epoch, holder }, 'lease won, the loops begin');
    const work = options.begin({ epoch, onLost });
    measureLease(true);
    options.onBegun(work);

    const reason = await Promise.race([renewal.lost, refused.promise, stopOf(signal)]);
    measureLease(false);
    options.onEnded();
    // A lost lease must not be prolonged any more; one that is given back must last until nothing runs.
    if (reason !== STOPPED) void renewal.stop();
    logger[reason === STOPPED ? 'info' : 'warn']({ epoch, reason }, 'term over, the loops stop');
    await work.stop();
  } finally {
    await renewal.stop();
    await giveBack(options, epoch);
  }
}

async function stopOf(signal: AbortSignal): Promise<string> {
  if (!signal.aborted) await once(signal, 'abort');
  return STOPPED;
}

/** Without it others wait a little longer, nothing else. */
async function giveBack({ lease, holder, logger }: TermOptions, epoch: number): Promise<void> {
  await lease.release(holder, epoch).catch((error: unknown) => {
    logger.warn({ err: error, epoch }, 'lease not given back, it ends by itself');
  });
}
