/** The one way to a task's state: lock its row, apply `next` to the stored state, write state and event together. */
import { sql } from 'kysely';
import type { Logger } from 'pino';

import { countTransition } from '../telemetry/metrics.ts';
import { isFinal, next, type TaskEvent, type TaskState } from '../tes/state.ts';
import type { Database, Tx } from './database.ts';
import { toStorable } from './text.ts';

/** Which part of Orrery caused a transition. */
export type Actor = 'api' | 'worker' | 'watcher';

/** Something that happened to a task. Without `at` its time is the database's. */
export interface Change {
  readonly event: TaskEvent;
  readonly reason: string;
  readonly actor: Actor;
  readonly at?: Date;
}

/** A task whose row this transaction has locked. */
export interface LockedTask {
  readonly id: string;
  readonly owner: string;
  readonly state: TaskState;
  readonly cancel_asked_at: Date | null;
  readonly last_event: number;
  readonly attempts: number;
}

/** A locked task and what happened to it, in order. */
export interface Projected {
  readonly task: LockedTask;
  readonly changes: readonly Change[];
}

interface Transition {
  readonly taskId: string;
  readonly number: number;
  readonly from: TaskState;
  readonly to: TaskState;
  readonly change: Change;
}

const LOCKED_COLUMNS = [
  'id',
  'owner',
  'state',
  'cancel_asked_at',
  'last_event',
  'attempts',
] as const;

/** Locks the rows of tasks, always in the order of their ids so that two batches cannot block each other. */
export async function lockTasks(tx: Tx, ids: readonly string[]): Promise<readonly LockedTask[]> {
  return tx
    .selectFrom('tasks')
    .select(LOCKED_COLUMNS)
    .where('id', '=', sql<string>`any(${ids}::uuid[])`)
    .orderBy('id')
    .forUpdate()
    .execute();
}

/** Locks one task's row; undefined when there is none. */
export async function lockTask(tx: Tx, id: string): Promise<LockedTask | undefined> {
  const [task] = await lockTasks(tx, [id]);
  return task;
}

/**
 * Applies changes to locked tasks and returns their states. A change that `next` forbids does nothing and is
 * logged at debug. A task that becomes final loses its outbox row.
 */
export async function project(
  tx: Tx,
  batch: readonly Projected[],
  logger: Logger,
): Promise<readonly TaskState[]> {
  const transitions = batch.map((projected) => fold(projected, logger));
  await write(tx, transitions.flat());
  return batch.map(({ task }, index) => transitions[index]?.at(-1)?.to ?? task.state);
}

/** Applies changes to one locked task and returns its state. */
export async function projectOne(tx: Tx, projected: Projected, logger: Logger): Promise<TaskState> {
  const [state = projected.task.state] = await project(tx, [projected], logger);
  return state;
}

function fold({ task, changes }: Projected, logger: Logger): Transition[] {
  const transitions: Transition[] = [];
  let state = task.state;
  const apply = (change: Change): void => {
    // A pod that runs was initialised, seen or not: every run shows both states.
    if (state === 'QUEUED' && change.event.type === 'running') {
      apply({ ...change, event: { type: 'initializing' } });
    }
    const to = next(state, change.event);
    if (to === undefined) {
      logger.debug({ taskId: task.id, state, event: change.event.type }, 'transition forbidden');
      return;
    }
    const number = task.last_event + transitions.length + 1;
    transitions.push({ taskId: task.id, number, from: state, to, change });
    state = to;
  };
  changes.forEach(apply);
  return transitions;
}

async function write(tx: Tx, transitions: readonly Transition[]): Promise<void> {
  if (transitions.length === 0) return;
  const last = new Map(transitions.map((transition) => [transition.taskId, transition]));
  const ends = [...last.values()];
  const final = ends.filter(({ to }) => isFinal(to)).map(({ taskId }) => taskId);
  await sql`
    with updated as (
      update tasks set state = v.state, last_event = v.number, waiting = null
      from unnest(
        ${ends.map(({ taskId }) => taskId)}::uuid[],
        ${ends.map(({ to }) => to)}::text[],
        ${ends.map(({ number }) => number)}::int[]
      ) as v (id, state, number)
      where tasks.id = v.id
    ), finished as (
      delete from outbox where task_id = any(${final}::uuid[])
    )
    insert into task_events (task_id, number, at, from_state, to_state, reason, actor)
    select v.id, v.number,
      -- Kubernetes tells whole seconds, and its clocks are others: no event lies before the one it follows.
      greatest(
        max(coalesce(v.at, clock_timestamp())) over (partition by v.id order by v.number),
        (select at from task_events where task_id = v.id order by number desc limit 1)
      ),
      v.from_state, v.to_state, v.reason, v.actor
    from unnest(
      ${transitions.map(({ taskId }) => taskId)}::uuid[],
      ${transitions.map(({ number }) => number)}::int[],
      ${transitions.map(({ change }) => change.at ?? null)}::timestamptz[],
      ${transitions.map(({ from }) => from)}::text[],
      ${transitions.map(({ to }) => to)}::text[],
      ${transitions.map(({ change }) => toStorable(change.reason))}::text[],
      ${transitions.map(({ change }) => change.actor)}::text[]
    ) as v (id, number, at, from_state, to_state, reason, actor)
  `.execute(tx);
  for (const { to } of transitions) countTransition(to);
}

/** Runs `write` with the task's row locked; false when there is no such task. */
export async function withLockedTask<Result>(
  db: Database,
  taskId: string,
  write: (tx: Tx, task: LockedTask) => Promise<Result>,
): Promise<Result | false> {
  return db.transaction().execute(async (tx) => {
    const task = await lockTask(tx, taskId);
    return task === undefined ? false : write(tx, task);
  });
}
