/** Termination messages back into records. Whatever does not look like a record is no record. */
import {
  type ExecutorRecord,
  type InputsRecord,
  STAGE_FAILURES,
  type StageFailure,
  type StageFailureCode,
} from './report.ts';

/** What `outputs` said of its own work. */
export interface OutputsRecord {
  readonly complete: boolean;
  readonly failure?: StageFailure;
}

type Fields = Readonly<Record<string, unknown>>;

/** The record of an executor, or undefined when the message holds none. */
export function readExecutorRecord(message: string): ExecutorRecord | undefined {
  const fields = readObject(message);
  if (fields === undefined) return undefined;
  const record = {
    ...texts(fields, ['startedAt', 'endedAt', 'stdout', 'stderr']),
    ...integers(fields, ['exitCode', 'signal', 'stdoutBytes', 'stderrBytes']),
    ...flags(fields, ['killed', 'signalled', 'timedOut', 'skipped']),
    ...failureOf(fields),
  };
  return Object.keys(record).length > 0 ? record : undefined;
}

/** The record of `inputs`, or undefined when the message holds none. */
export function readInputsRecord(message: string): InputsRecord | undefined {
  const fields = readObject(message);
  const { startedAt, endedAt } = texts(fields ?? {}, ['startedAt', 'endedAt']);
  if (fields === undefined || startedAt === undefined || endedAt === undefined) return undefined;
  const { files = 0, bytes = 0 } = integers(fields, ['files', 'bytes']);
  return { startedAt, endedAt, files, bytes, ...failureOf(fields) };
}

/** What `outputs` said of itself, or undefined when the message says nothing. */
export function readOutputsRecord(message: string): OutputsRecord | undefined {
  const fields = readObject(message);
  if (typeof fields?.['complete'] !== 'boolean') return undefined;
  return { complete: fields['complete'], ...failureOf(fields) };
}

function readObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function failureOf(fields: Fields): { readonly failure?: StageFailure } {
  const failure = fields['failure'];
  if (!isFields(failure)) return {};
  const { code, message } = texts(failure, ['code', 'message']);
  return isFailureCode(code) ? { failure: { code, message: message ?? '' } } : {};
}

function isFailureCode(code: string | undefined): code is StageFailureCode {
  return STAGE_FAILURES.some((known) => known === code);
}

function texts<Key extends string>(
  fields: Fields,
  keys: readonly Key[],
): Partial<Record<Key, string>> {
  return pick(fields, keys, (value) => typeof value === 'string');
}

function integers<Key extends string>(
  fields: Fields,
  keys: readonly Key[],
): Partial<Record<Key, number>> {
  return pick(fields, keys, (value) => Number.isSafeInteger(value));
}

function flags<Key extends string>(
  fields: Fields,
  keys: readonly Key[],
): Partial<Record<Key, true>> {
  return pick(fields, keys, (value) => value === true);
}

/** The members under the given keys that pass the test; all others might as well not be there. */
function pick<Key extends string, Value>(
  fields: Fields,
  keys: readonly Key[],
  isWanted: (value: unknown) => boolean,
): Partial<Record<Key, Value>> {
  return Object.fromEntries(
    keys.filter((key) => isWanted(fields[key])).map((key) => [key, fields[key]]),
  ) as Partial<Record<Key, Value>>;
}
