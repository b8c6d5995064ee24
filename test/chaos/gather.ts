/** Gathers what the witnesses say once everything is over. */
import pLimit from 'p-limit';

import { createTemporalClient } from '../../src/temporal/client.ts';
import { environment } from '../support/test-environment.ts';
import type { ApiDoor } from './api-door.ts';
import type { Arena } from './arena.ts';
import type { AttemptRow, EventRow, Leftover, TaskRecord } from './evidence.ts';
import type { Mark } from './witness.ts';

interface TaskRow {
  readonly id: string;
  readonly state: string;
  readonly created_at: Date;
  readonly last_event: number;
}

type OfTask<Row> = Row & { readonly task_id: string };

/** All tasks with their events and attempts. */
export async function readRecords({ census }: Arena): Promise<ReadonlyMap<string, TaskRecord>> {
  const tasks = await census.query<TaskRow>('select id, state, created_at, last_event from tasks');
  const events = await census.query<OfTask<EventRow>>(
    'select task_id, number, at, from_state, to_state, reason, actor from task_events order by task_id, number',
  );
  const attempts = await census.query<OfTask<AttemptRow>>(
    `select task_id, number, opened_at, settled_at, proven_dead_at, pod_uid, node_name, intent, verdict
     from attempts order by task_id, number`,
  );
  const eventsOf = Map.groupBy(events, ({ task_id }) => task_id);
  const attemptsOf = Map.groupBy(attempts, ({ task_id }) => task_id);
  return new Map(
    tasks.map(({ id, state, created_at, last_event }) => [
      id,
      {
        id,
        state,
        createdAt: created_at,
        lastEvent: last_event,
        events: eventsOf.get(id) ?? [],
        attempts: attemptsOf.get(id) ?? [],
      },
    ]),
  );
}

const REQUESTS_AT_ONCE = 16;

/** The state of each id as a client sees it. */
export async function readAnswers(
  door: ApiDoor,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string | undefined>> {
  const limit = pLimit(REQUESTS_AT_ONCE);
  const ask = async (id: string): Promise<[string, string | undefined]> => [
    id,
    await door.state(id),
  ];
  return new Map(await Promise.all(ids.map((id) => limit(ask, id))));
}

/** Reports of commands by pod. */
export function marksByPod(marks: readonly Mark[]): ReadonlyMap<string, readonly Mark[]> {
  return Map.groupBy(marks, ({ pod }) => pod);
}

interface Named {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly deletionTimestamp?: string;
  };
}

/** Every pod and Secret of the task namespace and every open workflow of the task queue. */
export async function readLeftovers(arena: Arena): Promise<readonly Leftover[]> {
  const [pods, secrets, workflows] = await Promise.all([
    readObjects(arena, 'pods'),
    readObjects(arena, 'secrets'),
    readOpenWorkflows(arena),
  ]);
  return [...pods, ...secrets, ...workflows];
}

async function readObjects(
  { api, namespace }: Arena,
  kind: 'pods' | 'secrets',
): Promise<readonly Leftover[]> {
  const path = `/api/v1/namespaces/${namespace}/${kind}`;
  const { items } = await api.json<{ items: readonly Named[] }>({ method: 'GET', path });
  return items.map(({ metadata }) => {
    const taskId = metadata.labels?.['orrery.dev/task'];
    const finalizers = metadata.finalizers?.join(', ') ?? 'none';
    const deleted = metadata.deletionTimestamp ?? 'never';
    return {
      what: `${kind}/${metadata.name} (finalizers: ${finalizers}; deleted: ${deleted})`,
      ...(taskId !== undefined && { taskId }),
    };
  });
}

async function readOpenWorkflows({ taskQueue }: Arena): Promise<readonly Leftover[]> {
  const { client, close } = createTemporalClient({
    address: environment('TEMPORAL_ADDRESS'),
    namespace: 'default',
    taskQueue,
  });
  const open: Leftover[] = [];
  try {
    const query = `TaskQueue = '${taskQueue}' and ExecutionStatus = 'Running'`;
    for await (const { workflowId } of client.workflow.list({ query })) {
      open.push({ what: `workflow ${workflowId}`, taskId: workflowId });
    }
  } finally {
    await close();
  }
  return open;
}
