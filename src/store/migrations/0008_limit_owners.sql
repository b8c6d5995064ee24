-- Up Migration

-- Apart from the columns, whose transaction keeps everybody else from the tables.
update outbox set owner = tasks.owner from tasks where tasks.id = outbox.task_id and outbox.owner = '';
update attempts set owner = tasks.owner from tasks
where tasks.id = attempts.task_id and attempts.proven_dead_at is null and attempts.owner = '';
