import type { FastifyInstance } from 'fastify';

import { IDEMPOTENCY_HEADER, readIdempotencyKey } from '../idempotency-key.ts';
import { principalOf } from '../plugins/auth.ts';
import type { StartQueue } from '../start-queue.ts';
import { operation } from './operation.ts';
import { type SubmitDeps, submitTask } from './submit-task.ts';

/** What creating a task needs. */
export interface CreateTaskDeps extends SubmitDeps {
  readonly startQueue: Pick<StartQueue, 'offer'>;
}

/** `POST /tasks`: answers as soon as the task is durable; Temporal is told afterwards. */
export function addCreateTask(scope: FastifyInstance, deps: CreateTaskDeps): void {
  const docs = operation({
    id: 'CreateTask',
    summary: 'Create a task',
    headers: IDEMPOTENCY_HEADER,
    body: 'tesTaskRequest',
    answer: 'tesCreateTaskResponse',
  });
  scope.post('/tasks', docs, async (request, reply) => {
    const id = await submitTask(deps, {
      principal: principalOf(request),
      body: request.body,
      key: readIdempotencyKey(request.headers),
    });
    reply.send({ id });
    deps.startQueue.offer(id, 'start');
    return reply;
  });
}
