-- Up Migration
-- concurrently

-- Starts that limits may hold back, one queue of small and one of large documents an owner.
create index concurrently if not exists outbox_fresh
  on outbox (owner, least(inline_bytes, 1), task_id)
  where dispatched_at is null and claims = 0 and desired = 'start';

-- What is told of a task that is alive already, which no limit holds back.
create index concurrently if not exists outbox_due
  on outbox (task_id)
  where dispatched_at is null and (claims > 0 or desired = 'cancel');

create index concurrently if not exists outbox_claimed on outbox (task_id) where claims > 0;

drop index concurrently if exists outbox_undispatched;
