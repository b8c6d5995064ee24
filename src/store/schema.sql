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
  owner text not null default ''::text
  inline_bytes integer not null default 0
  discarded_uids text[] not null default '{}'::text[]
  constraint attempts_number_check CHECK ((number > 0))
  constraint attempts_pkey PRIMARY KEY (task_id, number)
  constraint attempts_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks(id) ON DELETE CASCADE
  CREATE UNIQUE INDEX attempts_open ON public.attempts USING btree (task_id) WHERE (settled_at IS NULL)
  CREATE INDEX attempts_unproven ON public.attempts USING btree (task_id, number) WHERE (proven_dead_at IS NULL)

-- dispatch_round
  singleton boolean not null default true
  looked_at timestamp with time zone not null default '-infinity'::timestamp with time zone
  max_pods integer not null default 0
  max_inline_bytes bigint not null default 0
  max_owner_pods integer not null default 0
  max_owner_inline_bytes bigint not null default 0
  free_pods integer not null default 0
  free_inline_bytes bigint not null default 0
  full_pods boolean not null default false
  full_inline boolean not null default false
  refusal text
  start_after text not null default ''::text
  inline_first text not null default ''::text
  probed_at timestamp with time zone not null default '-infinity'::timestamp with time zone
  constraint dispatch_round_pkey PRIMARY KEY (singleton)
  constraint dispatch_round_singleton_check CHECK (singleton)

-- held_owners
  owner text not null
  full_pods boolean not null
  full_inline boolean not null
  constraint held_owners_pkey PRIMARY KEY (owner)

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
  owner text not null default ''::text
  inline_bytes integer not null default 0
  priority smallint not null default 0
  constraint outbox_claimed_check CHECK ((claimed = ANY (ARRAY['start'::text, 'cancel'::text])))
  constraint outbox_desired_check CHECK ((desired = ANY (ARRAY['start'::text, 'cancel'::text])))
  constraint outbox_pkey PRIMARY KEY (task_id)
  constraint outbox_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks(id) ON DELETE CASCADE
  CREATE INDEX outbox_claimed ON public.outbox USING btree (task_id) WHERE (claims > 0)
  CREATE INDEX outbox_due ON public.outbox USING btree (task_id) WHERE ((dispatched_at IS NULL) AND ((claims > 0) OR (desired = 'cancel'::text)))
  CREATE INDEX outbox_turns ON public.outbox USING btree (owner, LEAST(inline_bytes, 1), priority DESC, task_id) WHERE ((dispatched_at IS NULL) AND (claims = 0) AND (desired = 'start'::text))

-- refusals
  task_id uuid not null
  refused_at timestamp with time zone not null default now()
  reason text not null
  constraint refusals_pkey PRIMARY KEY (task_id)

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
  CREATE INDEX tasks_names ON public.tasks USING btree (owner, name text_pattern_ops, created_at DESC, id DESC) WHERE (name IS NOT NULL)
  CREATE INDEX tasks_newest ON public.tasks USING btree (owner, created_at DESC, id DESC)
  CREATE INDEX tasks_state ON public.tasks USING btree (owner, state, created_at DESC, id DESC)
  CREATE INDEX tasks_tag_keys ON public.tasks USING gin (jsonb_path_query_array(tags, '$.keyvalue()."key"'::jsonpath) jsonb_path_ops) WITH (gin_pending_list_limit='512')
  CREATE INDEX tasks_tags ON public.tasks USING gin (tags jsonb_path_ops) WITH (gin_pending_list_limit='512')
