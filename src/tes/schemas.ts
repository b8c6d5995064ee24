/**
 * The TES documents as schemas: the one source of their types, of validation and of the served OpenAPI document.
 * Request schemas are what a client may send; response schemas are what Orrery answers, which never holds more.
 */
import { type Static, Type } from 'typebox';

import { TASK_STATES } from './state.ts';

/** The three views, from the smallest to the whole. */
export const VIEWS = ['MINIMAL', 'BASIC', 'FULL'] as const;

/** What a path of an input or output stands for. */
const FILE_TYPES = ['FILE', 'DIRECTORY'] as const;

/** Far more than any client sends, and little enough to be read while other requests wait. */
const MAX_FILES = 10_000;
const MAX_ENTRIES = 10_000;
const MAX_ARGUMENTS = 100_000;

/** What the setting for executors can be at most. */
const MAX_EXECUTORS = 1000;

const MAX_CORES = 1_000_000;
const MAX_GIGABYTES = 1_000_000_000;

const text = (description: string) => Type.String({ description });
const flag = (description: string) => Type.Boolean({ description });
const texts = (description: string, options: { maxItems?: number } = {}) =>
  Type.Array(Type.String(), { description, ...options });
/** A map of texts, spelled as OpenAPI 3.0 knows it. */
const textMap = (description: string) =>
  Type.Unsafe<Record<string, string>>({
    type: 'object',
    additionalProperties: { type: 'string' },
    maxProperties: MAX_ENTRIES,
    description,
  });

/** A quantity above zero; the bounds keep it within what Kubernetes can express. */
const amount = (maximum: number, description: string) =>
  Type.Number({ exclusiveMinimum: 0, maximum, description });

export const FileTypeSchema = Type.Enum([...FILE_TYPES], {
  type: 'string',
  description: 'Whether the path is a file or a directory; FILE when the client does not say.',
});

export const TaskStateSchema = Type.Enum([...TASK_STATES], {
  type: 'string',
  description: 'The state of the task, set by the server.',
});

export const ViewSchema = Type.Enum([...VIEWS], {
  type: 'string',
  description: 'How much of a task is answered; MINIMAL is its id and state.',
});

const inputFields = {
  name: Type.Optional(text('A name for people.')),
  description: Type.Optional(text('A description for people.')),
  url: Type.Optional(text('Where the input lies; required unless `content` is given.')),
  path: text('The absolute path inside the containers.'),
  content: Type.Optional(text('The content itself; wins over `url`.')),
  streamable: Type.Optional(flag('A hint that the input is read once, from front to back.')),
};

const outputFields = {
  name: Type.Optional(text('A name for people.')),
  description: Type.Optional(text('A description for people.')),
  url: text('Where the output goes; a directory when `path` holds wildcards.'),
  path: text('The absolute path inside the containers; may hold POSIX wildcards.'),
  path_prefix: Type.Optional(text('What is cut from matched paths before they join `url`.')),
};

const resourceFields = {
  preemptible: Type.Optional(flag('Whether the task may run on machines that may be taken away.')),
  ram_gb: Type.Optional(amount(MAX_GIGABYTES, 'Memory in gigabytes of 10^9 bytes.')),
  disk_gb: Type.Optional(amount(MAX_GIGABYTES, 'Disk in gigabytes of 10^9 bytes.')),
  zones: Type.Optional(texts('Zones in which the task may run.', { maxItems: MAX_ENTRIES })),
  backend_parameters: Type.Optional(textMap('Further wishes; see service-info for those known.')),
  backend_parameters_strict: Type.Optional(flag('Whether an unknown parameter fails the task.')),
};

export const ExecutorSchema = Type.Object({
  image: text('The container image.'),
  command: texts('Program and arguments, passed untouched and without a shell.', {
    maxItems: MAX_ARGUMENTS,
  }),
  workdir: Type.Optional(text("The absolute working directory; the image's own when absent.")),
  stdin: Type.Optional(text('The absolute path of a file that becomes standard input.')),
  stdout: Type.Optional(text('The absolute path of a file that receives standard output.')),
  stderr: Type.Optional(text('The absolute path of a file that receives standard error.')),
  env: Type.Optional(textMap('Environment variables.')),
  ignore_error: Type.Optional(flag('Whether the next executor runs although this one failed.')),
});

export const InputRequestSchema = Type.Object({
  ...inputFields,
  type: Type.Optional(FileTypeSchema),
});
export const InputSchema = Type.Object({ ...inputFields, type: FileTypeSchema });

export const OutputRequestSchema = Type.Object({
  ...outputFields,
  type: Type.Optional(FileTypeSchema),
});
export const OutputSchema = Type.Object({ ...outputFields, type: FileTypeSchema });

export const ResourcesRequestSchema = Type.Object({
  cpu_cores: Type.Optional(
    amount(MAX_CORES, 'CPU cores; a fraction is kept and rounded up in answers.'),
  ),
  ...resourceFields,
});
export const ResourcesSchema = Type.Object({
  cpu_cores: Type.Optional(Type.Integer({ format: 'int32', description: 'CPU cores.' })),
  ...resourceFields,
});

const taskFields = {
  name: Type.Optional(text('A name for people; lists can be filtered by its beginning.')),
  description: Type.Optional(text('A description for people.')),
  executors: Type.Array(ExecutorSchema, {
    description:
      'The containers to run, one after the other; at least one, with an image and a command.',
    maxItems: MAX_EXECUTORS,
  }),
  volumes: Type.Optional(
    texts('Absolute directories, empty at start, that the executors share.', {
      maxItems: MAX_ENTRIES,
    }),
  ),
  tags: Type.Optional(textMap('Keys and values of the client; lists can be filtered by them.')),
};

/** The document of POST /tasks. */
export const TaskRequestSchema = Type.Object({
  ...taskFields,
  inputs: Type.Optional(Type.Array(InputRequestSchema, { maxItems: MAX_FILES })),
  outputs: Type.Optional(Type.Array(OutputRequestSchema, { maxItems: MAX_FILES })),
  resources: Type.Optional(ResourcesRequestSchema),
});

/** A request after validation: every `type` filled in, nothing absent set to null, nothing unknown kept. */
export const TaskDocumentSchema = Type.Object({
  ...taskFields,
  inputs: Type.Optional(Type.Array(InputSchema, { maxItems: MAX_FILES })),
  outputs: Type.Optional(Type.Array(OutputSchema, { maxItems: MAX_FILES })),
  resources: Type.Optional(ResourcesRequestSchema),
});

export const ExecutorLogSchema = Type.Object({
  start_time: Type.Optional(text('When the executor started, RFC 3339.')),
  end_time: Type.Optional(text('When the executor ended, RFC 3339.')),
  stdout: Type.Optional(text('The end of standard output; FULL view only.')),
  stderr: Type.Optional(text('The end of standard error; FULL view only.')),
  exit_code: Type.Integer({ format: 'int32', description: 'The exit code.' }),
});

export const OutputFileLogSchema = Type.Object({
  url: text('Where the file was uploaded to.'),
  path: text('Its absolute path inside the containers.'),
  size_bytes: Type.String({ format: 'int64', description: 'Its size in bytes, as a string.' }),
});

export const TaskLogSchema = Type.Object({
  logs: Type.Array(ExecutorLogSchema, { description: 'One entry an executor that ran.' }),
  metadata: Type.Optional(textMap('Facts about this attempt.')),
  start_time: Type.Optional(text('When the attempt started, RFC 3339.')),
  end_time: Type.Optional(text('When the attempt ended, RFC 3339.')),
  outputs: Type.Array(OutputFileLogSchema, { description: 'One entry an uploaded file.' }),
  system_logs: Type.Optional(texts('What the system did and why; FULL view only.')),
});

/** A task as it is answered. `executors` is absent in the MINIMAL view only. */
export const TaskSchema = Type.Object({
  id: text('The id of the task.'),
  state: TaskStateSchema,
  ...taskFields,
  inputs: Type.Optional(Type.Array(InputSchema, { maxItems: MAX_FILES })),
  outputs: Type.Optional(Type.Array(OutputSchema, { maxItems: MAX_FILES })),
  resources: Type.Optional(ResourcesSchema),
  executors: Type.Optional(taskFields.executors),
  logs: Type.Optional(Type.Array(TaskLogSchema, { description: 'One entry an attempt.' })),
  creation_time: Type.Optional(text('When the task was accepted, RFC 3339.')),
});

export const TaskListSchema = Type.Object({
  tasks: Type.Array(TaskSchema, { description: 'One page of tasks, the newest first.' }),
  next_page_token: Type.Optional(text('Asks for the next page; absent on the last one.')),
});

export const CreatedTaskSchema = Type.Object({ id: text('The id of the new task.') });

export const CanceledTaskSchema = Type.Object({}, { description: 'Empty: the wish is recorded.' });

export const ServiceInfoSchema = Type.Object({
  id: text('The id of this service, in reverse domain notation.'),
  name: text('The name of this service.'),
  type: Type.Object({
    group: text('The name space of the specification.'),
    artifact: Type.Enum(['tes'], { type: 'string', description: 'The specification.' }),
    version: text('The version of the specification.'),
  }),
  description: Type.Optional(text('What this service offers.')),
  organization: Type.Object({
    name: text('Who runs this service.'),
    url: Type.String({ format: 'uri', description: 'Their web site.' }),
  }),
  contactUrl: Type.Optional(Type.String({ format: 'uri', description: 'Whom to ask.' })),
  documentationUrl: Type.Optional(Type.String({ format: 'uri', description: 'What to read.' })),
  createdAt: Type.Optional(
    Type.String({ format: 'date-time', description: 'When this service was first there.' }),
  ),
  updatedAt: Type.Optional(
    Type.String({ format: 'date-time', description: 'When this service last changed.' }),
  ),
  environment: Type.Optional(text('Such as production or test.')),
  version: text('The version of this server.'),
  storage: Type.Optional(texts('Places from and to which tasks can transfer files.')),
  tesResources_backend_parameters: Type.Optional(texts('The backend parameters known here.')),
});

export type { Static };
