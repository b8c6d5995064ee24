-- Up Migration
-- concurrently

-- A list by the key of a tag alone, which the index of whole tags cannot answer.
create index concurrently if not exists tasks_tag_keys
  on tasks using gin (jsonb_path_query_array(tags, '$.keyvalue().key') jsonb_path_ops)
  with (fastupdate = off);

-- Entries that are collected first are read by each search and make one create wait for all of them.
alter index if exists tasks_tags set (fastupdate = off);

-- All that a list by a prefix needs to find its page, however many tasks have it.
create index concurrently if not exists tasks_names
  on tasks (owner, name text_pattern_ops, created_at desc, id desc) where name is not null;
drop index concurrently if exists tasks_name;
