/** The lease of the controllers: of all processes that stand for it one works, and the others wait. */
import { setTimeout as pause } from 'node:timers/promises';

import type { Logger } from 'pino';

import type { LeaseStore, Term } from '../store/ports.ts';
import { serveTerm, type Won, type Work } from './lease-term.ts';
import { startLoop } from './loop.ts';

/** Who stands for the lease, and for what. */
export interface CandidateOptions {
  readonly lease: LeaseStore;
  /** The name of this process, for operators. */
  readonly holder: string;
  /** Throws when this process could not work if it had the lease; resolves with what begins the work. */
  readonly prepare: () => Promise<(term: Term) => Work>;
  readonly logger: Logger;
}

/** How a candidate does, in sentences for operators. Without trouble it is ready, as standby too. */
export interface CandidateStatus {
  readonly trouble?: string | undefined;
  readonly note?: string;
}

/** A process that stands for the lease. */
export interface Candidate {
  status(): CandidateStatus;
  /** Stops the work and gives the lease back. */
  stop(): Promise<void>;
}

/** A lease that its holder gave back is noticed within this time. */
const LOOK_AGAIN_MS = 1_000;

/** So that many who wait do not ask in the same instant. */
const JITTER_MS = 100;

/**
 * Stands for the lease until it is stopped: waits, works for a term, and after a loss stops all work and stands again.
 */
export function standForLease(options: CandidateOptions): Candidate {
  const { lease, holder, logger } = options;
  const stopping = new AbortController();
  let status: () => CandidateStatus = () => ({ trouble: 'The controller is starting.' });

  async function rest(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  }

  function showStandby(other: string): void {
    const note = `Standby; the lease is held by ${other}.`;
    if (status().note !== note) logger.info({ holder: other }, 'standing by');
    status = () => ({ note });
  }

  /** Waits until the lease is ours; undefined when this process stops. */
  async function win(): Promise<Won | undefined> {
    while (!stopping.signal.aborted) {
      const current = await lease.look();
      if (current === undefined) {
        const askedAt = performance.now();
        const epoch = await lease.acquire(holder);
        if (epoch !== undefined) return { epoch, askedAt };
      } else {
        showStandby(current.holder);
        await rest(Math.min(current.livesMs + Math.random() * JITTER_MS, LOOK_AGAIN_MS));
      }
    }
    return undefined;
  }

  async function serve(begin: (term: Term) => Work, won: Won): Promise<void> {
    await serveTerm(
      {
        ...options,
        begin,
        signal: stopping.signal,
        onBegun(work) {
          const note = `Active; it holds epoch ${won.epoch}.`;
          status = () => ({ trouble: work.trouble(), note });
        },
        onEnded() {
          status = () => ({
            trouble: 'The controller is not active any more and stops its loops.',
          });
        },
      },
      won,
    );
  }

  const loop = startLoop({
    name: 'lease',
    logger,
    pauseMs: 0,
    longestPauseMs: 5_000,
    round: async () => {
      try {
        const begin = await options.prepare();
        const won = await win();
        if (won) await serve(begin, won);
        return true;
      } catch (error) {
        status = () => ({ trouble: 'The controller cannot stand for its lease; see the log.' });
        throw error;
      }
    },
  });

  return {
    status: () => status(),
    async stop() {
      stopping.abort();
      await loop.stop();
    },
  };
}
