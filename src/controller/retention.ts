/** Retention: what ended long ago is deleted, if the administrator wants that. */
import type { Logger } from 'pino';

import type { RetentionStore } from '../store/ports.ts';
import { type Loop, startLoop } from './loop.ts';

/** What is deleted, and after how long. */
export interface RetentionOptions {
  readonly retention: RetentionStore;
  /** Days since the end of a task; 0 keeps all tasks for ever. */
  readonly days: number;
  readonly logger: Logger;
}

const DAY_MS = 86_400_000;
/** Small enough to hold its locks for a moment only. */
const BATCH = 100;
const PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 600_000;

/** Deletes ended tasks batch by batch until none is old enough, then looks again each minute. */
export function startRetention({ retention, days, logger }: RetentionOptions): Loop {
  return startLoop({
    name: 'retention',
    logger,
    pauseMs: PAUSE_MS,
    longestPauseMs: LONGEST_PAUSE_MS,
    round: async () => {
      if (days === 0) return false;
      const deleted = await retention.deleteEnded(new Date(Date.now() - days * DAY_MS), BATCH);
      if (deleted > 0) logger.info({ deleted }, 'deleted tasks that ended long ago');
      return deleted === BATCH;
    },
  });
}
