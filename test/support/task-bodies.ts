/** Bodies of POST /tasks: a small valid one, and arbitrary ones as clients of all kinds might send them. */
import fc from 'fast-check';

import type { TaskRules } from '../../src/tes/parse-task.ts';
import { PLAIN_RULES } from './plain-rules.ts';

export const RULES: TaskRules = {
  maxExecutors: 32,
  fileRoots: ['/data'],
  ...PLAIN_RULES,
  schemes: ['file'],
  maxDocumentBytes: 2 ** 30,
};

/** A valid body, with more members or other ones. */
export function aBody(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { executors: [{ image: 'demo', command: ['true'] }], ...more };
}

/** Text that Postgres and JSON can hold, with names that are dangerous in JavaScript among it. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }).filter((value) => !value.includes('\0')),
  fc.constantFrom('__proto__', 'constructor', 'toString', '', '~/', '💫', '${x}', '%_'),
);

const textMap = fc
  .array(fc.tuple(text, text), { maxLength: 4 })
  .map((entries) => Object.fromEntries(entries));

const segment = fc.stringMatching(/^[a-z][a-z0-9.]{0,6}$/);
const path = fc
  .array(segment, { minLength: 1, maxLength: 3 })
  .map((segments) => `/work/${segments.join('/')}`);
const fileUrl = path.map((place) => `file:///data${place}`);
const type = fc.constantFrom('FILE', 'DIRECTORY');

const executor = fc.record(
  {
    image: fc.constantFrom('demo', 'orrery.local/demo:1'),
    command: fc.array(text, { maxLength: 3 }).map((rest) => ['program', ...rest]),
    workdir: path,
    stdin: path,
    stdout: path,
    stderr: path,
    env: fc.dictionary(fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,5}$/), text, { maxKeys: 3 }),
    ignore_error: fc.boolean(),
  },
  { requiredKeys: ['image', 'command'] },
);

const contentInput = fc.record(
  { path, content: text, name: text, description: text, streamable: fc.boolean() },
  { requiredKeys: ['path', 'content'] },
);
const urlInput = fc.record({ path, url: fileUrl, type }, { requiredKeys: ['path', 'url'] });

const named = { url: fileUrl, name: text, description: text };
const fileOutput = fc.record(
  { ...named, path, type: fc.constant('FILE') },
  { requiredKeys: ['path', 'url'] },
);
/** What must be a directory lies apart from what must be a file. */
const directoryOutput = fc.record(
  { ...named, path: path.map((place) => `/folder${place}`), type: fc.constant('DIRECTORY') },
  { requiredKeys: ['path', 'url', 'type'] },
);

const amount = fc.double({ min: 0.004, max: 10_000, noNaN: true });

/** Valid bodies in the spelling of the specification. Input paths differ by their number, so that none collide. */
export const validBody: fc.Arbitrary<Record<string, unknown>> = fc.record(
  {
    name: text,
    description: text,
    executors: fc.array(executor, { minLength: 1, maxLength: 3 }),
    inputs: fc
      .array(fc.oneof(contentInput, urlInput), { maxLength: 3 })
      .map((inputs) =>
        inputs.map((input, index) => ({ ...input, path: `/in${index}${input.path}` })),
      ),
    outputs: fc.array(fc.oneof(fileOutput, directoryOutput), { maxLength: 3 }),
    resources: fc.record(
      {
        cpu_cores: amount,
        ram_gb: amount,
        disk_gb: amount,
        preemptible: fc.boolean(),
        zones: fc.array(text, { maxLength: 2 }),
        backend_parameters_strict: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
    volumes: fc.array(
      path.map((place) => `/volume${place}`),
      { maxLength: 2 },
    ),
    tags: textMap,
  },
  { requiredKeys: ['executors'] },
);
