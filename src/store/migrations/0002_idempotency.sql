-- Up Migration

-- Which task an Idempotency-Key of an owner led to. Not tied to the task's row: a retry after the task was
-- deleted must not run it again.
create table idempotency_keys (
  owner text not null,
  key text not null,
  body_hash bytea not null,
  task_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (owner, key)
);

create index idempotency_keys_oldest on idempotency_keys (created_at);

-- Down Migration

drop table idempotency_keys;
