/** Which outbox rows may be claimed, and how: conditions and assignments as the indexes know them. */
import { sql } from 'kysely';

/** A claim remembers what was desired, so that its end cannot hide a cancel; it ends by itself soon after a crash. */
export const CLAIMED = sql`
  claims = claims + 1, claimed = desired, claim_expires_at = now() + interval '30 seconds'
`;

/** A start that was never claimed. Limits may hold it back. */
export const FRESH = sql`dispatched_at is null and claims = 0 and desired = 'start'`;

/** What nobody holds back: a cancel, or a task that counts as alive already. */
export const DUE = sql`
  dispatched_at is null and (claims > 0 or desired = 'cancel')
  and (claim_expires_at is null or claim_expires_at <= now())
`;
