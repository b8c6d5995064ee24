import type { FastifyInstance } from 'fastify';

import type { TaskStore } from '../../store/ports.ts';
import { parseListQuery, type RawQuery } from '../../tes/list-query.ts';
import type { TaskList } from '../../tes/task.ts';
import { principalOf } from '../plugins/auth.ts';
import { type JsonSchema, refTo } from '../plugins/components.ts';
import { operation } from './operation.ts';
import type { ShowTask } from './show-task.ts';

/** What listing tasks needs. */
export interface ListTasksDeps {
  readonly tasks: Pick<TaskStore, 'list'>;
  readonly show: ShowTask;
}

const texts = (description: string): JsonSchema => ({
  type: 'array',
  items: { type: 'string' },
  description,
});

const FILTERS: JsonSchema = {
  type: 'object',
  properties: {
    name_prefix: { type: 'string', description: 'How the name must begin.' },
    state: refTo('tesState'),
    tag_key: texts('Keys of tags that a task must have, all of them.'),
    tag_value: texts('The values of those tags, in the order of the keys; empty means any value.'),
    page_size: { type: 'integer', minimum: 1, maximum: 2047, default: 256 },
    page_token: { type: 'string', description: '`next_page_token` of the page before.' },
    view: refTo('tesView'),
  },
};

/** `GET /tasks`: the caller's tasks, newest first, page by page. */
export function addListTasks(scope: FastifyInstance, { tasks, show }: ListTasksDeps): void {
  const docs = operation({
    id: 'ListTasks',
    summary: 'List tasks',
    querystring: FILTERS,
    answer: 'tesListTasksResponse',
  });
  scope.get<{ Querystring: RawQuery }>('/tasks', docs, async (request): Promise<TaskList> => {
    const page = await tasks.list(principalOf(request).subject, parseListQuery(request.query));
    return {
      tasks: page.tasks.map(show),
      ...(page.nextPageToken !== undefined && { next_page_token: page.nextPageToken }),
    };
  });
}
