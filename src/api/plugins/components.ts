import * as schemas from '../../tes/schemas.ts';
import * as batch from '../routes/batch-schemas.ts';

/** A JSON schema, as far as walking it goes. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const ErrorSchema: JsonSchema = {
  type: 'object',
  required: ['status', 'code', 'message', 'request_id'],
  properties: {
    status: { type: 'integer', description: 'The HTTP status.' },
    code: { type: 'string', description: 'A stable code for programs.' },
    message: { type: 'string', description: 'A sentence for people.' },
    details: {
      type: 'array',
      description: 'Every problem found in the request.',
      items: {
        type: 'object',
        required: ['pointer', 'message'],
        properties: {
          pointer: { type: 'string', description: 'A JSON pointer into the body or query.' },
          message: { type: 'string', description: 'What is wrong there and what would be right.' },
        },
      },
    },
    request_id: { type: 'string', description: 'Finds the request in the log of the server.' },
  },
};

/** Our schemas under their names in the OpenAPI document: those of the official document where it has them. */
const NAMED = {
  tesTask: schemas.TaskSchema,
  tesTaskRequest: schemas.TaskRequestSchema,
  tesExecutor: schemas.ExecutorSchema,
  tesInput: schemas.InputSchema,
  tesInputRequest: schemas.InputRequestSchema,
  tesOutput: schemas.OutputSchema,
  tesOutputRequest: schemas.OutputRequestSchema,
  tesResources: schemas.ResourcesSchema,
  tesResourcesRequest: schemas.ResourcesRequestSchema,
  tesTaskLog: schemas.TaskLogSchema,
  tesExecutorLog: schemas.ExecutorLogSchema,
  tesOutputFileLog: schemas.OutputFileLogSchema,
  tesState: schemas.TaskStateSchema,
  tesFileType: schemas.FileTypeSchema,
  tesView: schemas.ViewSchema,
  tesListTasksResponse: schemas.TaskListSchema,
  tesCreateTaskResponse: schemas.CreatedTaskSchema,
  tesCancelTaskResponse: schemas.CanceledTaskSchema,
  tesServiceInfo: schemas.ServiceInfoSchema,
  batchCreateRequest: batch.buildBatchCreateRequest(schemas.TaskRequestSchema),
  batchCreateResponse: batch.BatchCreateResponseSchema,
  batchCancelRequest: batch.BatchCancelRequestSchema,
  batchCancelResponse: batch.BatchCancelResponseSchema,
  error: ErrorSchema,
} satisfies Record<string, object>;

export type ComponentName = keyof typeof NAMED;

/** Optional members are copies of the schema they were made from, so schemas are known by their text. */
const NAME_OF = new Map(
  Object.entries(NAMED).map(([name, schema]) => [JSON.stringify(schema), name]),
);

/** A reference to a component. */
export function refTo(name: ComponentName): { readonly $ref: string } {
  return { $ref: `${name}#` };
}

/** Every component, with references wherever one holds another. */
export function buildComponents(): readonly JsonSchema[] {
  return Object.entries(NAMED).map(([name, schema]) => ({ $id: name, ...membersOf(schema) }));
}

function withRefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withRefs);
  if (typeof value !== 'object' || value === null) return value;
  const name = NAME_OF.get(JSON.stringify(value));
  return name === undefined ? membersOf(value) : { $ref: `${name}#` };
}

function membersOf(schema: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema).map(([key, member]: [string, unknown]) => [key, withRefs(member)]),
  );
}
