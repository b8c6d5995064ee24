/** What is alive: pods that are, or may be any moment, in the cluster. */
import { sql } from 'kysely';

/**
 * One row for each pod that counts: attempts whose death is not proven, whatever their task's state, and claimed tasks
 * without one. Always computed: no counter could drift. Claimed rows are few, because limits bound them.
 */
export const ALIVE = sql`
  select owner, inline_bytes from attempts where proven_dead_at is null
  union all
  select owner, inline_bytes from outbox
  where claims > 0 and not exists (
    select from attempts where attempts.task_id = outbox.task_id and proven_dead_at is null
  )
`;
