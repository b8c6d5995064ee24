-- Printed from the catalogue by `npm run schema:dump`; do not edit.

-- attempts
  task_id uuid not null
  number integer not null
  opened_at timestamp with time zone not null default now()
  pod_uid text
  node_name text
  node_uid text
  intent json
  settled_at timestamp with time zone
  proven_dead_at timestamp with time zone
  verdict json
  log json
  oom_killed text[] not null default '{}'::text[]
  constraint attempts_number_check CHECK ((number > 0))
  constraint attempts_pkey PRIMARY KEY (task_id, number)
  constraint attempts_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks(id) ON DELETE CASCADE
  CREATE UNIQUE INDEX attempts_open ON public.attempts USING btree (task_id) WHERE (settled_at IS NULL)
  CREATE INDEX attempts_unproven ON public.attempts USING btree (task_id, number) WHERE (proven_dead_at IS NULL)

-- idempotency_keys
  owner text not null
  key text not null
  body_hash bytea not null
  task_id uuid not null
  created_at timestamp with time zone not null default now()
  constraint idempotency_keys_pkey PRIMARY KEY (owner, key)
  CREATE INDEX idempotency_keys_oldest ON public.idempotency_keys USING btree (created_at)

-- installation
  singleton boolean not null default true
  id uuid not null default gen_random_uuid()
  temporal_namespace text
  task_namespace text
  created_at timestamp with time zone not null default now()
  constraint installation_pkey PRIMARY KEY (singleton)
  constraint installation_singleton_check CHECK (singleton)

-- lease
  singleton boolean not null default true
  holder text
  epoch bigint not null default 0
  expires_at timestamp with time zone not null default '-infinity'::timestamp with time zone
  constraint lease_pkey PRIMARY KEY (singleton)
  constraint lease_singleton_check CHECK (singleton)

-- outbox
  task_id uuid not null
  desired text not null default 'start'::text
  claimed text
  claims integer not null default 0
  claim_expires_at timestamp with time zone
  dispatched_at timestamp with time zone
  constraint outbox_claimed_check CHECK ((claimed = ANY (ARRAY['start'::text, 'cancel'::text])))
  constraint outbox_desired_check CHECK ((desired = ANY (ARRAY['start'::text, 'cancel'::text])))
  constraint outbox_pkey PRIMARY KEY (task_id)
  constraint outbox_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks(id) ON DELETE CASCADE
  CREATE INDEX outbox_undispatched ON public.outbox USING btree (task_id) WHERE (dispatched_at IS NULL)

-- task_documents
  task_id uuid not null
  document json not null
  warnings json not null default '[]'::json
  constraint task_documents_pkey PRIMARY KEY (task_id)
  constraint task_documents_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks(id) ON DELETE CASCADE

-- task_events
  task_id uuid not null
  number integer not null
  at timestamp with time zone not null default now()
  from_state text
  to_state text not null
  reason text not null
  actor text not null
  constraint task_events_number_check CHECK ((number > 0))
  constraint task_events_pkey PRIMARY KEY (task_id, number)
  constraint task_events_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks(id) ON DELETE CASCADE

-- tasks
  id uuid not null
  owner text not null
  group_name text not null
  name text
  state text not null default 'QUEUED'::text
  tags jsonb not null default '{}'::jsonb
  created_at timestamp with time zone not null default now()
  cancel_asked_at timestamp with time zone
  last_event integer not null default 0
  attempts integer not null default 0
  waiting text
  constraint tasks_pkey PRIMARY KEY (id)
  constraint tasks_state_check CHECK ((state = ANY (ARRAY['UNKNOWN'::text, 'QUEUED'::text, 'INITIALIZING'::text, 'RUNNING'::text, 'PAUSED'::text, 'COMPLETE'::text, 'EXECUTOR_ERROR'::text, 'SYSTEM_ERROR'::text, 'CANCELED'::text, 'PREEMPTED'::text, 'CANCELING'::text])))
  CREATE INDEX tasks_name ON public.tasks USING btree (owner, name text_pattern_ops) WHERE (name IS NOT NULL)
  CREATE INDEX tasks_newest ON public.tasks USING btree (owner, created_at DESC, id DESC)
  CREATE INDEX tasks_state ON public.tasks USING btree (owner, state, created_at DESC, id DESC)
  CREATE INDEX tasks_tags ON public.tasks USING gin (tags jsonb_path_ops)
