import type { FastifyInstance } from 'fastify';

import { InvalidTaskError } from '../../errors/tes-error.ts';
import type { TaskStore } from '../../store/ports.ts';
import { parseTask, type TaskRules } from '../../tes/parse-task.ts';
import { principalOf } from '../plugins/auth.ts';
import type { StartQueue } from '../start-queue.ts';
import { operation } from './operation.ts';

/** What creating a task needs. */
export interface CreateTaskDeps {
  readonly tasks: Pick<TaskStore, 'create'>;
  readonly startQueue: Pick<StartQueue, 'offer'>;
  readonly taskRules: TaskRules;
  /** A new UUIDv7 in lower case. */
  readonly newId: () => string;
}

/** `POST /tasks`: answers as soon as the task is durable; Temporal is told afterwards. */
export function addCreateTask(scope: FastifyInstance, deps: CreateTaskDeps): void {
  const docs = operation({
    id: 'CreateTask',
    summary: 'Create a task',
    body: 'tesTaskRequest',
    answer: 'tesCreateTaskResponse',
  });
  scope.post('/tasks', docs, async (request, reply) => {
    const parsed = parseTask(request.body, deps.taskRules);
    if ('problems' in parsed) throw new InvalidTaskError(parsed.problems);
    const { subject: owner, groups } = principalOf(request);
    const id = deps.newId();
    await deps.tasks.create({ id, owner, group: groups[0], ...parsed });
    reply.send({ id });
    deps.startQueue.offer(id);
    return reply;
  });
}
