import type { FastifyInstance } from 'fastify';

import { TaskNotFoundError } from '../../errors/tes-error.ts';
import type { TaskStore } from '../../store/ports.ts';
import { parseView, type RawQuery } from '../../tes/list-query.ts';
import { principalOf } from '../plugins/auth.ts';
import { refTo } from '../plugins/components.ts';
import { ID_PARAMETER, operation } from './operation.ts';
import type { ShowTask } from './show-task.ts';

/** What reading a task needs. */
export interface GetTaskDeps {
  readonly tasks: Pick<TaskStore, 'get'>;
  readonly show: ShowTask;
}

/** `GET /tasks/{id}`: one task of the caller in the asked view. */
export function addGetTask(scope: FastifyInstance, { tasks, show }: GetTaskDeps): void {
  const docs = operation({
    id: 'GetTask',
    summary: 'Read a task',
    params: ID_PARAMETER,
    querystring: { type: 'object', properties: { view: refTo('tesView') } },
    answer: 'tesTask',
  });
  scope.get<{ Params: { id: string }; Querystring: RawQuery }>(
    '/tasks/:id',
    docs,
    async (request) => {
      const { id } = request.params;
      const task = await tasks.get(principalOf(request).subject, id, parseView(request.query));
      if (task === undefined) throw new TaskNotFoundError(id);
      return show(task);
    },
  );
}
