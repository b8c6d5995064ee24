import type { FastifyInstance } from 'fastify';

import type { CancelSelection, TaskStore } from '../../store/ports.ts';
import { InvalidRequest } from '../../tes/problems.ts';
import { collectProblems, type Draft, readShape, type Report } from '../../tes/shape.ts';
import { isFinal, type TaskState } from '../../tes/state.ts';
import { principalOf } from '../plugins/auth.ts';
import type { StartQueue } from '../start-queue.ts';
import { type BatchError, FEW, forEachItem, MAX_BATCH, toBatchError } from './batch.ts';
import { BatchCancelRequestSchema } from './batch-schemas.ts';
import { operation } from './operation.ts';

/** What canceling many tasks needs. */
export interface BatchCancelDeps {
  readonly tasks: Pick<TaskStore, 'cancel' | 'findCancelable'>;
  readonly startQueue: Pick<StartQueue, 'offer'>;
}

interface CancelRequest {
  readonly states?: readonly TaskState[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly ids?: readonly string[];
}

interface Canceled {
  readonly id: string;
  readonly error?: BatchError;
}

export const BATCH_CANCEL_URL = '/tasks::batchCancel';

/**
 * `POST /tasks:batchCancel`: cancels the open tasks that a selection finds, each on its own and at most a thousand,
 * and says how many are left. Sending it until none is left cancels them all.
 */
export function addBatchCancel(scope: FastifyInstance, deps: BatchCancelDeps): void {
  const { tasks, startQueue } = deps;
  const docs = operation({
    id: 'BatchCancelTasks',
    tag: 'Many tasks',
    summary: 'Cancel many tasks, each on its own',
    body: 'batchCancelRequest',
    answer: 'batchCancelResponse',
  });
  scope.post(BATCH_CANCEL_URL, docs, async (request, reply) => {
    const owner = principalOf(request).subject;
    const found = await tasks.findCancelable(owner, readSelection(request.body), MAX_BATCH);
    const canceling: string[] = [];
    const results = await forEachItem<string, Canceled>(found.ids, {
      atATime: FEW,
      work: async (id) => {
        const { kind } = await tasks.cancel(owner, id);
        if (kind === 'canceling') canceling.push(id);
        return { id };
      },
      onError: (error, id) => ({ id, error: toBatchError(error, request) }),
    });
    const done = results.filter(({ error }) => error === undefined).length;
    reply.send({ results, remaining: found.total - done });
    for (const id of canceling) startQueue.offer(id, 'cancel');
    return reply;
  });
}

function readSelection(body: unknown): CancelSelection {
  const { problems, report } = collectProblems();
  const sent = readShape<CancelRequest>(BatchCancelRequestSchema, body, report);
  if (sent !== undefined && problems.length === 0) checkSelection(sent, report);
  if (sent === undefined || problems.length > 0) throw new InvalidRequest(problems);
  // No problem means no hole, which is all that a draft differs in.
  const { states = [], tags = {}, ids } = sent as CancelRequest;
  return {
    states,
    tags: Object.entries(tags).map(([key, value]) => (value === '' ? { key } : { key, value })),
    ...(ids !== undefined && { ids }),
  };
}

function checkSelection({ states, tags, ids }: Draft<CancelRequest>, report: Report): void {
  const isEmpty = (list: object | undefined) => Object.keys(list ?? {}).length === 0;
  // A forgotten filter must not cancel everything.
  if (isEmpty(states) && isEmpty(tags) && ids === undefined) {
    report('', 'selects nothing; give states, tags or ids');
  }
  states?.forEach((state, index) => {
    if (state === undefined || !isFinal(state)) return;
    report(`/states/${index}`, `is ${state}, which never changes; name open states only`);
  });
}
