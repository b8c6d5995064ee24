-- Up Migration

-- Of a task among those of its owner; it never changes. Rows of an older version have that of a task without any.
alter table outbox add column priority smallint not null default 0;

-- Down Migration

alter table outbox drop column priority;
