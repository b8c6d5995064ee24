-- Up Migration

-- Pods of an attempt that were taken away before they could run: none of these uids may be recorded any more, so that
-- a worker that was paused between making the pod and recording it cannot make the attempt believe in a pod that is gone.
alter table attempts add column discarded_uids text[] not null default '{}';

-- Down Migration

alter table attempts drop column discarded_uids;
