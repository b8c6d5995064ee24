import { describe, expect, it } from '@jest/globals';

import * as ours from '../../src/tes/schemas.ts';
import { official, type OfficialSchema, tes } from './official-schemas.ts';

/** One line a field: where it is, of which type, whether it is required, which values it may have. */
function fieldsOf(given: object, place = ''): string[] {
  const schema: OfficialSchema = given;
  const values = schema.enum ? ` of ${[...schema.enum].sort().join('|')}` : '';
  const own = `${place || '.'}: ${schema.type ?? '?'}${values}`;
  const members = Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const mark = schema.required?.includes(name) ? '!' : '';
    return fieldsOf(member, `${place}.${name}${mark}`);
  });
  const items = schema.items ? fieldsOf(schema.items, `${place}[]`) : [];
  const entries = schema.additionalProperties
    ? fieldsOf(schema.additionalProperties, `${place}{}`)
    : [];
  return [own, ...members, ...items, ...entries].sort();
}

/** The official fields with the differences that we want, each of which must really be one. */
function expected(name: string, changes: Readonly<Record<string, string | undefined>> = {}) {
  const fields = fieldsOf(official(name));
  for (const line of Object.keys(changes)) expect(fields).toContain(line);
  return fields
    .map((line) => (line in changes ? changes[line] : line))
    .filter((line) => line !== undefined)
    .sort();
}

const STATES =
  'CANCELED|CANCELING|COMPLETE|EXECUTOR_ERROR|INITIALIZING|PAUSED|PREEMPTED|QUEUED|RUNNING|SYSTEM_ERROR|UNKNOWN';
const TYPES = 'DIRECTORY|FILE';

/** In our answers every input and output has its type, and id and state are always there; MINIMAL has no executors. */
function ofAnswers(line: string, place = ''): string {
  return line
    .replace(`${place}.id:`, `${place}.id!:`)
    .replace(`${place}.state:`, `${place}.state!:`)
    .replace(`${place}.executors!`, `${place}.executors`)
    .replace(`puts[].type:`, `puts[].type!:`);
}

describe('the schemas of our answers against the official ones, field by field', () => {
  it('compares all of the official document', () => {
    expect(Object.keys(tes.components.schemas).sort()).toStrictEqual([
      'tesCancelTaskResponse',
      'tesCreateTaskResponse',
      'tesExecutor',
      'tesExecutorLog',
      'tesFileType',
      'tesInput',
      'tesListTasksResponse',
      'tesOutput',
      'tesOutputFileLog',
      'tesResources',
      'tesServiceInfo',
      'tesServiceType',
      'tesState',
      'tesTask',
      'tesTaskLog',
    ]);
  });

  it.each([
    ['tesCancelTaskResponse', ours.CanceledTaskSchema],
    ['tesCreateTaskResponse', ours.CreatedTaskSchema],
    ['tesExecutor', ours.ExecutorSchema],
    ['tesExecutorLog', ours.ExecutorLogSchema],
    ['tesFileType', ours.FileTypeSchema],
    ['tesInput', ours.InputRequestSchema],
    ['tesOutput', ours.OutputRequestSchema],
    ['tesOutputFileLog', ours.OutputFileLogSchema],
    ['tesResources', ours.ResourcesSchema],
    ['tesServiceInfo', ours.ServiceInfoSchema],
    ['tesState', ours.TaskStateSchema],
    ['tesTaskLog', ours.TaskLogSchema],
  ])('%s is the same', (name, schema) => {
    expect(fieldsOf(schema)).toStrictEqual(expected(name));
  });

  it.each([
    ['tesInput', ours.InputSchema],
    ['tesOutput', ours.OutputSchema],
  ])('%s in an answer always has its type', (name, schema) => {
    const changes = { [`.type: string of ${TYPES}`]: `.type!: string of ${TYPES}` };

    expect(fieldsOf(schema)).toStrictEqual(expected(name, changes));
  });

  it('tesTask is the same but for what is always there, and executors, which MINIMAL has not', () => {
    const fields = expected('tesTask')
      .map((line) => ofAnswers(line))
      .sort();

    expect(fieldsOf(ours.TaskSchema)).toStrictEqual(fields);
    expect(fields).toContain(`.state!: string of ${STATES}`);
  });

  it('tesListTasksResponse is the same, with tasks as they are answered', () => {
    const fields = expected('tesListTasksResponse')
      .map((line) => ofAnswers(line, '[]'))
      .sort();

    expect(fieldsOf(ours.TaskListSchema)).toStrictEqual(fields);
  });
});

describe('the schema of requests against the official one', () => {
  it('takes fractions of a core, and none of what only the server writes', () => {
    const serverWritten = /^\.(id|state|creation_time|logs)\b/;
    const fields = expected('tesTask', {
      '.resources.cpu_cores: integer': '.resources.cpu_cores: number',
    }).filter((line) => !serverWritten.test(line));

    expect(fieldsOf(ours.TaskRequestSchema)).toStrictEqual(fields);
  });
});

describe('the views', () => {
  it('are those of the official document', () => {
    const view = tes.components.parameters?.view.schema ?? {};

    expect(fieldsOf(ours.ViewSchema)).toStrictEqual(fieldsOf(view));
  });
});
