-- Up Migration

-- One row: which installation this database belongs to, and which engines belong to it.
create table installation (
  singleton boolean primary key default true check (singleton),
  id uuid not null default gen_random_uuid(),
  temporal_namespace text,
  task_namespace text,
  created_at timestamptz not null default now()
);

-- Narrow and hot: everything that lists and state writes touch, and nothing else.
create table tasks (
  id uuid primary key,
  owner text not null,
  group_name text not null,
  name text,
  state text not null default 'QUEUED' check (state in (
    'UNKNOWN', 'QUEUED', 'INITIALIZING', 'RUNNING', 'PAUSED', 'COMPLETE', 'EXECUTOR_ERROR',
    'SYSTEM_ERROR', 'CANCELED', 'PREEMPTED', 'CANCELING'
  )),
  tags jsonb not null default '{}',
  created_at timestamptz not null default now(),
  cancel_asked_at timestamptz,
  last_event integer not null default 0,
  attempts integer not null default 0,
  waiting text
);

create index tasks_newest on tasks (owner, created_at desc, id desc);
create index tasks_state on tasks (owner, state, created_at desc, id desc);
create index tasks_name on tasks (owner, name text_pattern_ops) where name is not null;
create index tasks_tags on tasks using gin (tags jsonb_path_ops);

-- json, not jsonb: it keeps the document as it was given and accepts any escaped character.
create table task_documents (
  task_id uuid primary key references tasks on delete cascade,
  document json not null,
  warnings json not null default '[]'
);

-- One row a task until the task is final: what Temporal still has to be told.
create table outbox (
  task_id uuid primary key references tasks on delete cascade,
  desired text not null default 'start' check (desired in ('start', 'cancel')),
  claimed text check (claimed in ('start', 'cancel')),
  claims integer not null default 0,
  claim_expires_at timestamptz,
  dispatched_at timestamptz
);

create index outbox_undispatched on outbox (task_id) where dispatched_at is null;

create table attempts (
  task_id uuid not null references tasks on delete cascade,
  number integer not null check (number > 0),
  opened_at timestamptz not null default now(),
  pod_uid text,
  node_name text,
  node_uid text,
  intent json,
  settled_at timestamptz,
  proven_dead_at timestamptz,
  verdict json,
  log json,
  oom_killed text[] not null default '{}',
  primary key (task_id, number)
);

create unique index attempts_open on attempts (task_id) where settled_at is null;
create index attempts_unproven on attempts (task_id, number) where proven_dead_at is null;

-- History, audit and change stream; numbers have no gaps within a task.
create table task_events (
  task_id uuid not null references tasks on delete cascade,
  number integer not null check (number > 0),
  at timestamptz not null default now(),
  from_state text,
  to_state text not null,
  reason text not null,
  actor text not null,
  primary key (task_id, number)
);

-- Down Migration

drop table task_events, attempts, outbox, task_documents, tasks, installation;
