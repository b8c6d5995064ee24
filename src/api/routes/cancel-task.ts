import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { TaskNotFoundError } from '../../errors/tes-error.ts';
import type { TaskStore } from '../../store/ports.ts';
import type { TaskLauncher } from '../../temporal/ports.ts';
import type { AfterAnswer } from '../after-answer.ts';
import { principalOf } from '../plugins/auth.ts';
import { ignoreBodies } from '../plugins/json-body.ts';
import { ID_PARAMETER, operation } from './operation.ts';

/** What canceling a task needs. */
export interface CancelTaskDeps {
  readonly tasks: Pick<TaskStore, 'cancel'>;
  readonly launcher: Pick<TaskLauncher, 'cancel'>;
  readonly afterAnswer: Pick<AfterAnswer, 'offer'>;
  readonly logger: FastifyBaseLogger;
}

/** A plain `:id` would swallow the verb; this form also takes a colon that was sent as `%3A`. */
const URL = '/tasks/:id(^[^:]+)::cancel';

/** `POST /tasks/{id}:cancel` with any body or none; idempotent. `DELETE` is an alias that a web component sends. */
export function addCancelTask(scope: FastifyInstance, deps: CancelTaskDeps): void {
  const docs = operation({
    id: 'CancelTask',
    summary: 'Cancel a task',
    params: ID_PARAMETER,
    answer: 'tesCancelTaskResponse',
  });

  const tellTemporal = async (taskId: string): Promise<void> => {
    try {
      await deps.launcher.cancel(taskId);
    } catch (error) {
      deps.logger.warn({ err: error, taskId }, 'cancel left to the reconciler');
    }
  };

  const cancel = async (
    request: FastifyRequest<{ Params: { id: string } }>,
    reply: FastifyReply,
  ): Promise<FastifyReply> => {
    const { id } = request.params;
    const outcome = await deps.tasks.cancel(principalOf(request).subject, id);
    if (outcome.kind === 'not-found') throw new TaskNotFoundError(id);
    reply.send({});
    if (outcome.kind === 'canceling') deps.afterAnswer.offer(() => tellTemporal(id));
    return reply;
  };

  scope.register((inner, _options, done) => {
    ignoreBodies(inner);
    inner.post(URL, docs, cancel);
    inner.delete(URL, { ...docs, schema: { hide: true } }, cancel);
    done();
  });
}
