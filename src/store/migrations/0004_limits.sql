-- Up Migration

-- Owner and size of a row's task never change, so that a claim reads no other table. inline_bytes is 0 for a document
-- that is small enough not to be counted. Rows without an owner, which an older version writes during an update,
-- count as one owner; those that wait already are not measured.
alter table outbox
  add column owner text collate "C" not null default '',
  add column inline_bytes integer not null default 0;
alter table attempts
  add column owner text collate "C" not null default '',
  add column inline_bytes integer not null default 0;

-- One row: what the dispatcher found in its last round, and where the next one begins.
create table dispatch_round (
  singleton boolean primary key default true check (singleton),
  looked_at timestamptz not null default '-infinity',
  -- The limits in force.
  max_pods integer not null default 0,
  max_inline_bytes bigint not null default 0,
  max_owner_pods integer not null default 0,
  max_owner_inline_bytes bigint not null default 0,
  -- What others may claim until the next round; nothing while anything waits.
  free_pods integer not null default 0,
  free_inline_bytes bigint not null default 0,
  -- What the waiting tasks wait for.
  full_pods boolean not null default false,
  full_inline boolean not null default false,
  refusal text,
  start_after text collate "C" not null default '',
  inline_first text collate "C" not null default '',
  probed_at timestamptz not null default '-infinity'
);

insert into dispatch_round default values;

-- Owners with waiting tasks whose own limits are reached.
create table held_owners (
  owner text collate "C" primary key,
  full_pods boolean not null,
  full_inline boolean not null
);

-- Tasks whose pods Kubernetes refused lately for a reason that others would meet too.
create table refusals (
  task_id uuid primary key,
  refused_at timestamptz not null default now(),
  reason text not null
);

-- Down Migration

drop table refusals, held_owners, dispatch_round;
alter table outbox drop column owner, drop column inline_bytes;
alter table attempts drop column owner, drop column inline_bytes;
