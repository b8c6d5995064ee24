-- Up Migration

-- One row: which controller is the active one. Each holder has a higher epoch than the one before.
create table lease (
  singleton boolean primary key default true check (singleton),
  holder text,
  epoch bigint not null default 0,
  expires_at timestamptz not null default '-infinity'
);

insert into lease default values;

-- Down Migration

drop table lease;
