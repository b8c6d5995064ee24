/** The documents of the operations on many tasks. */
import { TASK_STATES } from '../../tes/state.ts';
import { MAX_BATCH } from './batch.ts';

const ID = { type: 'string', description: 'The id of the task.' };

const ERROR = {
  type: 'object',
  description: 'Why this task alone failed.',
  required: ['status', 'code', 'message'],
  properties: {
    status: { type: 'integer', description: 'The HTTP status that the task alone would have had.' },
    code: { type: 'string', description: 'A stable code for programs.' },
    message: { type: 'string', description: 'A sentence for people.' },
    details: { type: 'array', items: { type: 'object' }, description: 'Every problem found.' },
  },
};

/** `items` of `tasks` is the task request, to which the OpenAPI document refers. */
export const buildBatchCreateRequest = (task: object) => ({
  type: 'object',
  required: ['tasks'],
  properties: {
    tasks: {
      type: 'array',
      minItems: 1,
      maxItems: MAX_BATCH,
      items: task,
      description: 'The documents, as a client sends them to create one task.',
    },
  },
});

export const BatchCreateResponseSchema = {
  type: 'object',
  required: ['results'],
  properties: {
    results: {
      type: 'array',
      description: 'One entry a task, in the order of the request, with either an id or an error.',
      items: { type: 'object', properties: { id: ID, error: ERROR } },
    },
  },
};

export const BatchCancelRequestSchema = {
  type: 'object',
  description: 'Which open tasks to cancel. At least one member; all that are given must hold.',
  properties: {
    states: {
      type: 'array',
      description: 'The task is in one of these states.',
      items: { type: 'string', enum: TASK_STATES },
    },
    tags: {
      type: 'object',
      description: 'The task has all of these tags; an empty value means any value.',
      additionalProperties: { type: 'string' },
    },
    ids: {
      type: 'array',
      maxItems: MAX_BATCH,
      description: 'The task is one of these.',
      items: { type: 'string' },
    },
  },
};

export const BatchCancelResponseSchema = {
  type: 'object',
  required: ['results', 'remaining'],
  properties: {
    results: {
      type: 'array',
      description:
        'The tasks that were found open and are canceled or canceling now, or why one could not be.',
      items: { type: 'object', required: ['id'], properties: { id: ID, error: ERROR } },
    },
    remaining: {
      type: 'integer',
      description:
        'How many open tasks the selection still has, counted up to 10,000; send it again until it is 0.',
    },
  },
};
