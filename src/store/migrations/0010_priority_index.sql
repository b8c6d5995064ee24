-- Up Migration
-- concurrently

-- Starts that limits may hold back: one queue of small and one of large documents an owner, the highest priority first.
create index concurrently if not exists outbox_turns
  on outbox (owner, least(inline_bytes, 1), priority desc, task_id)
  where dispatched_at is null and claims = 0 and desired = 'start';

drop index concurrently if exists outbox_fresh;
