import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { TaskNotFoundError } from '../../errors/tes-error.ts';
import type { TaskStore } from '../../store/ports.ts';
import { principalOf } from '../plugins/auth.ts';
import { ignoreBodies } from '../plugins/json-body.ts';
import type { StartQueue } from '../start-queue.ts';
import { ID_PARAMETER, operation } from './operation.ts';

/** What canceling a task needs. */
export interface CancelTaskDeps {
  readonly tasks: Pick<TaskStore, 'cancel'>;
  readonly startQueue: Pick<StartQueue, 'offer'>;
}

/** A plain `:id` would swallow the verb; this form also takes a colon that was sent as `%3A`. */
export const CANCEL_URL = '/tasks/:id(^[^:]+)::cancel';

/** `POST /tasks/{id}:cancel` with any body or none; idempotent. `DELETE` is an alias that a web component sends. */
export function addCancelTask(scope: FastifyInstance, { tasks, startQueue }: CancelTaskDeps): void {
  const docs = operation({
    id: 'CancelTask',
    summary: 'Cancel a task',
    params: ID_PARAMETER,
    answer: 'tesCancelTaskResponse',
  });

  const cancel = async (
    request: FastifyRequest<{ Params: { id: string } }>,
    reply: FastifyReply,
  ): Promise<FastifyReply> => {
    const { id } = request.params;
    const outcome = await tasks.cancel(principalOf(request).subject, id);
    if (outcome.kind === 'not-found') throw new TaskNotFoundError(id);
    reply.send({});
    if (outcome.kind === 'canceling') startQueue.offer(id, 'cancel');
    return reply;
  };

  scope.register((inner, _options, done) => {
    ignoreBodies(inner);
    inner.post(CANCEL_URL, docs, cancel);
    inner.delete(CANCEL_URL, { ...docs, schema: { hide: true } }, cancel);
    done();
  });
}
