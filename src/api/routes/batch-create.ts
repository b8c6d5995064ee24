import type { FastifyInstance } from 'fastify';

import { InvalidRequest } from '../../tes/problems.ts';
import { IDEMPOTENCY_HEADER, readIdempotencyKey } from '../idempotency-key.ts';
import { principalOf } from '../plugins/auth.ts';
import type { StartQueue } from '../start-queue.ts';
import { type BatchError, FEW, forEachItem, MANY, MAX_BATCH, toBatchError } from './batch.ts';
import { operation } from './operation.ts';
import { type SubmitDeps, submitTask } from './submit-task.ts';

/** What creating many tasks needs. */
export interface BatchCreateDeps extends SubmitDeps {
  readonly startQueue: Pick<StartQueue, 'offer'>;
}

type Created = { readonly id: string } | { readonly error: BatchError };

export const BATCH_CREATE_URL = '/tasks::batchCreate';

/**
 * `POST /tasks:batchCreate`: each task is created or refused on its own, in the order of the request. Under an
 * `Idempotency-Key` each has the key with its place, so that a batch that is sent again leads to the same tasks.
 */
export function addBatchCreate(scope: FastifyInstance, deps: BatchCreateDeps): void {
  const docs = operation({
    id: 'BatchCreateTasks',
    tag: 'Many tasks',
    summary: 'Create many tasks, each on its own',
    headers: IDEMPOTENCY_HEADER,
    body: 'batchCreateRequest',
    answer: 'batchCreateResponse',
  });
  scope.post(BATCH_CREATE_URL, docs, async (request, reply) => {
    const principal = principalOf(request);
    const key = readIdempotencyKey(request.headers);
    const results = await forEachItem<unknown, Created>(readTasks(request.body), {
      atATime: key === undefined ? MANY : FEW,
      work: async (body, index) => {
        // No key of a client holds a space, so these cannot be taken for one.
        const own = key === undefined ? undefined : `${key} ${index}`;
        return { id: await submitTask(deps, { principal, body, key: own }) };
      },
      onError: (error) => ({ error: toBatchError(error, request) }),
    });
    reply.send({ results });
    for (const result of results) if ('id' in result) deps.startQueue.offer(result.id, 'start');
    return reply;
  });
}

function readTasks(body: unknown): readonly unknown[] {
  const tasks =
    typeof body === 'object' && body !== null && 'tasks' in body ? body.tasks : undefined;
  if (!Array.isArray(tasks)) refuse('must be a JSON array of task documents');
  if (tasks.length === 0) refuse('must not be empty; give at least one task');
  if (tasks.length > MAX_BATCH) refuse(`must not be more than ${MAX_BATCH}; send several requests`);
  return tasks;
}

function refuse(remedy: string): never {
  throw new InvalidRequest([{ pointer: '/tasks', message: `tasks ${remedy}.` }]);
}
