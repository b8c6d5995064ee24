/** The TES documents as types. */
import type {
  ExecutorLogSchema,
  ExecutorSchema,
  InputSchema,
  OutputFileLogSchema,
  OutputSchema,
  ResourcesRequestSchema,
  ServiceInfoSchema,
  Static,
  TaskDocumentSchema,
  TaskListSchema,
  TaskLogSchema,
  TaskSchema,
  VIEWS,
} from './schemas.ts';

/** Documents are never changed in place, so that what was validated, hashed and stored stays one thing. */
type Fixed<T> = T extends readonly (infer Item)[]
  ? readonly Fixed<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Fixed<T[Key]> }
    : T;

/** A validated and normalised request: at least one executor, every `type` filled in, unset members absent. */
export type TaskDocument = Fixed<Static<typeof TaskDocumentSchema>>;
export type Executor = Fixed<Static<typeof ExecutorSchema>>;
export type Input = Fixed<Static<typeof InputSchema>>;
export type Output = Fixed<Static<typeof OutputSchema>>;

/** What was asked for. CPU cores may be a fraction; gigabytes are 10^9 bytes. */
export type Resources = Fixed<Static<typeof ResourcesRequestSchema>>;

/** A task as it is answered, in any view. */
export type Task = Fixed<Static<typeof TaskSchema>>;
export type TaskList = Fixed<Static<typeof TaskListSchema>>;

/** One attempt as `logs[]` shows it. */
export type TaskLog = Fixed<Static<typeof TaskLogSchema>>;
export type ExecutorLog = Fixed<Static<typeof ExecutorLogSchema>>;
export type OutputFileLog = Fixed<Static<typeof OutputFileLogSchema>>;

export type View = (typeof VIEWS)[number];

export type ServiceInfo = Fixed<Static<typeof ServiceInfoSchema>>;
