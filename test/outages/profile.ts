/** The settings of the processes: deadlines as in real life, far beyond any outage. */
import { type Profile, REAL } from '../chaos/profile.ts';

const HOUR_MS = 3_600_000;

export const PROFILE: Profile = {
  ...REAL,
  limits: {
    ...REAL.limits,
    queueDeadlineMs: 24 * HOUR_MS,
    pullDeadlineMs: HOUR_MS,
    totalDeadlineMs: 24 * HOUR_MS,
  },
  maxAttempts: 3,
};
