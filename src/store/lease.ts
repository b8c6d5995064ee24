/** The lease: which controller is the active one, in database time. */
import { withTranslatedErrors } from './errors.ts';
import type { Pool } from './pool.ts';
import type { LeaseStore } from './ports.ts';

const LENGTH_MS = 15_000;

const LENGTH = `$2 * interval '1 millisecond'`;

const ACQUIRE = `
  update lease set holder = $1, epoch = epoch + 1, expires_at = clock_timestamp() + ${LENGTH}
  where expires_at <= clock_timestamp()
  returning epoch::int
`;

/** An expired lease is not renewed even if nobody took it: its holder must begin a term anew. */
const RENEW = `
  update lease set expires_at = clock_timestamp() + ${LENGTH}
  where holder = $1 and epoch = $3 and expires_at > clock_timestamp()
`;

const RELEASE = `update lease set expires_at = '-infinity' where holder = $1 and epoch = $2`;

const LOOK = `
  select holder, extract(epoch from expires_at - clock_timestamp())::float8 * 1000 as "livesMs"
  from lease where expires_at > clock_timestamp()
`;

/**
 * The lease over a pool. Every method is one statement of its own, so that a process that is paused in the middle
 * holds nothing up.
 */
export function createLeaseStore(pool: Pool, lengthMs: number = LENGTH_MS): LeaseStore {
  const methods = withTranslatedErrors({
    async look() {
      const { rows } = await pool.query<{ holder: string; livesMs: number }>(LOOK);
      return rows[0];
    },

    async acquire(holder: string) {
      const { rows } = await pool.query<{ epoch: number }>(ACQUIRE, [holder, lengthMs]);
      return rows[0]?.epoch;
    },

    async renew(holder: string, epoch: number) {
      const { rowCount } = await pool.query(RENEW, [holder, lengthMs, epoch]);
      return rowCount === 1;
    },

    async release(holder: string, epoch: number) {
      await pool.query(RELEASE, [holder, epoch]);
    },
  });
  return { lengthMs, ...methods };
}
