/** INITIALIZING and RUNNING as the watcher saw them. */
import { sql } from 'kysely';
import type { Logger } from 'pino';

import type { Database, Tx } from './database.ts';
import type { OomSighting, ProjectionStore, Sighting, WaitSighting } from './ports.ts';
import { type Change, lockTasks, project } from './projection.ts';
import { isTaskId, toStorable } from './text.ts';

/** The projection over a database. */
export function createProjectionStore(db: Database, logger: Logger): ProjectionStore {
  return {
    async advance(sightings) {
      const known = sightings.filter(({ taskId }) => isTaskId(taskId));
      if (known.length === 0) return;
      await db.transaction().execute(async (tx) => {
        const tasks = await lockTasks(tx, [...new Set(known.map(({ taskId }) => taskId))]);
        const counting = await ofOpenAttempts(tx, known);
        const batch = tasks.map((task) => ({
          task,
          changes: counting.filter(({ taskId }) => taskId === task.id).map(toChange),
        }));
        await project(tx, batch, logger);
        await recordNodes(tx, counting);
      });
    },

    async recordWaits(waits) {
      await recordWaits(
        db,
        waits.filter(({ taskId }) => isTaskId(taskId)),
      );
    },

    async recordOomKills(kills) {
      for (const kill of kills.filter(({ taskId }) => isTaskId(taskId))) {
        await recordOomKill(db, kill);
      }
    },
  };
}

/** Only what was seen of the recorded pod of the open attempt counts. */
async function ofOpenAttempts(tx: Tx, sightings: readonly Sighting[]): Promise<Sighting[]> {
  const ids = sightings.map(({ taskId }) => taskId);
  const open = await tx
    .selectFrom('attempts')
    .select(['task_id', 'number', 'pod_uid'])
    .where('task_id', '=', sql<string>`any(${ids}::uuid[])`)
    .where('settled_at', 'is', null)
    .execute();
  const byTask = new Map(open.map((attempt) => [attempt.task_id, attempt]));
  return sightings.filter(({ taskId, number, uid }) => {
    const attempt = byTask.get(taskId);
    return attempt?.number === number && attempt.pod_uid === uid;
  });
}

function toChange(sighting: Sighting): Change {
  const initializing = sighting.state === 'INITIALIZING';
  return {
    event: { type: initializing ? 'initializing' : 'running' },
    reason: initializing ? 'The pod is scheduled.' : 'The first executor has started.',
    actor: 'watcher',
    at: sighting.at,
  };
}

async function recordWaits(db: Database, waits: readonly WaitSighting[]): Promise<void> {
  if (waits.length === 0) return;
  await sql`
    update tasks set waiting = v.reason
    from unnest(
      ${waits.map(({ taskId }) => taskId)}::uuid[],
      ${waits.map(({ number }) => number)}::int[],
      ${waits.map(({ uid }) => uid)}::text[],
      ${waits.map(({ reason }) => toStorable(reason))}::text[]
    ) as v (task_id, number, uid, reason)
    join attempts on attempts.task_id = v.task_id and attempts.number = v.number
      and attempts.pod_uid = v.uid and attempts.settled_at is null
    where tasks.id = v.task_id and tasks.state = 'QUEUED'
  `.execute(db);
}

/** Rare enough for a statement each. */
async function recordOomKill(db: Database, kill: OomSighting): Promise<void> {
  await sql`
    update attempts set oom_killed = array_append(oom_killed, ${kill.container})
    where task_id = ${kill.taskId} and number = ${kill.number} and pod_uid = ${kill.uid}
      and settled_at is null and ${kill.container} <> all (oom_killed)
  `.execute(db);
}

async function recordNodes(tx: Tx, sightings: readonly Sighting[]): Promise<void> {
  const bound = sightings.flatMap(({ taskId, number, node }) =>
    node === undefined ? [] : [{ taskId, number, node }],
  );
  if (bound.length === 0) return;
  await sql`
    update attempts set node_name = v.node_name, node_uid = v.node_uid
    from unnest(
      ${bound.map(({ taskId }) => taskId)}::uuid[],
      ${bound.map(({ number }) => number)}::int[],
      ${bound.map(({ node }) => node.name)}::text[],
      ${bound.map(({ node }) => node.uid)}::text[]
    ) as v (task_id, number, node_name, node_uid)
    where attempts.task_id = v.task_id and attempts.number = v.number and attempts.node_uid is null
  `.execute(tx);
}
