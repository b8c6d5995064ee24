import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import Value from 'typebox/value';

import { parseTask } from '../../../src/tes/parse-task.ts';
import { TaskDocumentSchema, TaskSchema } from '../../../src/tes/schemas.ts';
import type { TaskDocument } from '../../../src/tes/task.ts';
import { taskView } from '../../../src/tes/views.ts';
import { RULES, validBody } from '../../support/task-bodies.ts';

/** Members whose own names are the client's, so that neither case nor nulls of them may be touched. */
const MAPS = new Set(['tags', 'env', 'backend_parameters']);

function documentOf(body: unknown): TaskDocument {
  const parsed = parseTask(body, RULES);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.document;
}

function camelCased(value: unknown, inMap = false): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => camelCased(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      inMap ? name : name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
      camelCased(member, MAPS.has(name)),
    ]),
  );
}

/** The value with a null and an unknown member added to every object that is not a map of the client. */
function withNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNulls);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [
    name,
    MAPS.has(name) ? { ...(member as object), unset: null } : withNulls(member),
  ]);
  return {
    streamable: null,
    stdin: null,
    unknown: { deep: [null] },
    ...Object.fromEntries(members),
  };
}

describe('parseTask', () => {
  it('accepts every valid document and gives what the schema of documents promises', () => {
    fc.assert(
      fc.property(validBody, (body) => {
        expect(Value.Check(TaskDocumentSchema, documentOf(body))).toBe(true);
      }),
    );
  });

  it('gives the same document whatever nulls and unknown members are sent along', () => {
    fc.assert(
      fc.property(validBody, (body) => {
        expect(documentOf(withNulls(body))).toStrictEqual(documentOf(body));
      }),
    );
  });

  it('gives the same document for lowerCamelCase names', () => {
    fc.assert(
      fc.property(validBody, (body) => {
        expect(documentOf(camelCased(body))).toStrictEqual(documentOf(body));
      }),
    );
  });

  it('changes nothing in a document that it has made itself', () => {
    fc.assert(
      fc.property(validBody, (body) => {
        expect(documentOf(documentOf(body))).toStrictEqual(documentOf(body));
      }),
    );
  });

  it('never throws, and refuses what it does not accept with a sentence', () => {
    const value = fc.oneof(
      fc.jsonValue({ noUnicodeString: false }),
      fc.record({
        executors: fc.anything(),
        inputs: fc.anything(),
        outputs: fc.anything(),
        resources: fc.anything(),
        volumes: fc.anything(),
        tags: fc.anything(),
      }),
    );

    fc.assert(
      fc.property(value, (body) => {
        const parsed = parseTask(body, RULES);
        const problems = 'problems' in parsed ? parsed.problems : [];

        expect('document' in parsed).toBe(problems.length === 0);
        expect(problems.every(({ message }) => message.endsWith('.'))).toBe(true);
      }),
    );
  });
});

describe('parse and FULL view', () => {
  it('read back what was sent, with types filled in and cores rounded up', () => {
    fc.assert(
      fc.property(validBody, (body) => {
        const document = documentOf(body);
        const task = taskView(
          {
            id: '019a',
            state: 'RUNNING',
            createdAt: new Date(0),
            document,
            warnings: [],
            logs: [],
          },
          'FULL',
        );
        const { id, state, creation_time: time, ...shown } = task;
        const cores = document.resources?.cpu_cores;

        expect(Value.Check(TaskSchema, task)).toBe(true);
        expect([id, state, time]).toStrictEqual(['019a', 'RUNNING', '1970-01-01T00:00:00.000Z']);
        expect(shown).toStrictEqual({
          ...document,
          ...(document.resources && {
            resources: {
              ...document.resources,
              ...(cores !== undefined && { cpu_cores: Math.ceil(cores) }),
            },
          }),
        });
      }),
    );
  });
});
