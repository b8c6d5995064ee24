import type { FastifyContextConfig, FastifySchema } from 'fastify';

import { type ComponentName, type JsonSchema, refTo } from '../plugins/components.ts';

/** How an operation is documented. */
export interface OperationDocs {
  /** The name of the operation, that of the official document where it has one. */
  readonly id: string;
  readonly summary: string;
  readonly answer: ComponentName;
  readonly body?: ComponentName;
  /** The group it is shown in; TES unless given. */
  readonly tag?: string;
  readonly headers?: JsonSchema;
  readonly params?: JsonSchema;
  readonly querystring?: JsonSchema;
}

/** The path parameter of the routes of one task. */
export const ID_PARAMETER: JsonSchema = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', description: 'The id of the task.' } },
};

/** Route options that name the operation in logs and describe it; schemas document here, they never validate. */
export function operation(docs: OperationDocs): {
  config: FastifyContextConfig;
  schema: FastifySchema;
} {
  return {
    config: { operation: docs.id },
    schema: {
      operationId: docs.id,
      summary: docs.summary,
      tags: [docs.tag ?? 'TES'],
      ...(docs.headers && { headers: docs.headers }),
      ...(docs.body && { body: refTo(docs.body) }),
      ...(docs.params && { params: docs.params }),
      ...(docs.querystring && { querystring: docs.querystring }),
      response: {
        200: { description: 'Done.', ...refTo(docs.answer) },
        default: { description: 'Not done; the message says why.', ...refTo('error') },
      },
    },
  };
}
