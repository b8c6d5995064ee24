import { describe, expect, it } from '@jest/globals';

import { parseTask, type TaskRules } from '../../../src/tes/parse-task.ts';
import type { Problem } from '../../../src/tes/problems.ts';
import type { TaskDocument } from '../../../src/tes/task.ts';
import { aBody, RULES } from '../../support/task-bodies.ts';

function documentOf(body: unknown, rules: TaskRules = RULES): TaskDocument {
  const parsed = parseTask(body, rules);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.document;
}

function problemsOf(body: unknown, rules: TaskRules = RULES): readonly Problem[] {
  const parsed = parseTask(body, rules);
  return 'problems' in parsed ? parsed.problems : [];
}

function pointersOf(body: unknown, rules: TaskRules = RULES): string[] {
  return problemsOf(body, rules).map((problem) => problem.pointer);
}

const executorWith = (more: object) => aBody({ executors: [{ ...EXECUTOR, ...more }] });
const EXECUTOR = { image: 'demo', command: ['true'] };

describe('what parseTask accepts', () => {
  it('keeps a document as it was sent and fills in the type of inputs and outputs', () => {
    const document = documentOf(
      aBody({
        inputs: [{ path: '/in', content: 'x' }],
        outputs: [{ path: '/out/', url: '/data/out/', type: 'DIRECTORY' }],
      }),
    );

    expect(document).toStrictEqual({
      executors: [EXECUTOR],
      inputs: [{ path: '/in', content: 'x', type: 'FILE' }],
      outputs: [{ path: '/out/', url: '/data/out/', type: 'DIRECTORY' }],
    });
  });

  it('drops null wherever a member is optional, and inside maps', () => {
    const body = {
      name: null,
      inputs: null,
      outputs: [{ path: '/out', url: '/data/out', name: null, type: null }],
      resources: { cpu_cores: null, backend_parameters: { VmSize: null } },
      executors: [{ ...EXECUTOR, workdir: null, env: { A: null, B: '1' } }],
      tags: { parent_workflow_id: null, workflow_id: '7' },
      logs: null,
      id: null,
    };

    expect(documentOf(body)).toStrictEqual({
      executors: [{ ...EXECUTOR, env: { B: '1' } }],
      outputs: [{ path: '/out', url: '/data/out', type: 'FILE' }],
      resources: {},
      tags: { workflow_id: '7' },
    });
  });

  it('understands lowerCamelCase names, and prefers the name of the specification', () => {
    const document = documentOf({
      executors: [{ ...EXECUTOR, ignoreError: true }],
      outputs: [{ path: '/w/*.txt', url: '/data', pathPrefix: '/w' }],
      resources: { cpuCores: 2, ramGb: 4, ram_gb: 5, backendParametersStrict: false },
    });

    expect(document.executors[0]).toHaveProperty('ignore_error', true);
    expect(document.outputs?.[0]).toHaveProperty('path_prefix', '/w');
    expect(document.resources).toStrictEqual({
      cpu_cores: 2,
      ram_gb: 5,
      backend_parameters_strict: false,
    });
  });

  it('drops unknown fields and those that only the server writes', () => {
    const body = aBody({ id: 'x', state: 'COMPLETE', logs: [1], creation_time: 7, extra: {} });

    expect(documentOf(body)).toStrictEqual({ executors: [EXECUTOR] });
  });

  it('keeps keys such as __proto__ as plain text', () => {
    const body: unknown = JSON.parse(
      '{"executors":[{"image":"a","command":["b"]}],"tags":{"__proto__":"x","constructor":"y"}}',
    );

    expect(JSON.stringify(documentOf(body).tags)).toBe('{"__proto__":"x","constructor":"y"}');
  });

  it('keeps a fraction of a core', () => {
    expect(documentOf(aBody({ resources: { cpu_cores: 0.5 } })).resources?.cpu_cores).toBe(0.5);
  });

  it('ignores the url of an input with content, whatever it is', () => {
    const inputs = [{ path: '/in', content: 'x', url: 'nonsense://?' }];

    expect(documentOf(aBody({ inputs })).inputs?.[0]).toHaveProperty('content', 'x');
  });

  it('takes empty content beside a url as unset, and without a url as an empty file', () => {
    const document = documentOf(
      aBody({
        inputs: [
          { path: '/a', content: '', url: '/data/a' },
          { path: '/b', content: '' },
        ],
      }),
    );

    expect(document.inputs).toStrictEqual([
      { path: '/a', url: '/data/a', type: 'FILE' },
      { path: '/b', content: '', type: 'FILE' },
    ]);
  });

  it('takes empty paths of an executor as unset', () => {
    expect(documentOf(executorWith({ workdir: '', stdin: '' })).executors[0]).toStrictEqual(
      EXECUTOR,
    );
  });

  it('takes brackets without path_prefix literally', () => {
    const outputs = [{ path: '/work/[1].txt', url: '/data/x' }];

    expect(problemsOf(aBody({ outputs }))).toStrictEqual([]);
  });

  it('lets an output have the path of an input, and inputs the same path when they are the same', () => {
    const same = { path: '/work/a', url: '/data/a' };
    const body = aBody({ inputs: [same, same], outputs: [{ path: '/work/a', url: '/data/b' }] });

    expect(problemsOf(body)).toStrictEqual([]);
  });

  it('passes arguments untouched', () => {
    const command = ['sh', '', ' ', '$HOME', '"', '\n', 'x'.repeat(100_000)];

    expect(documentOf(executorWith({ command })).executors[0]?.command).toStrictEqual(command);
  });
});

describe('what parseTask refuses', () => {
  it.each([
    ['a body that is no object', 'text', ''],
    ['a body that is missing', undefined, ''],
    ['an array as body', [], ''],
    ['a task without executors', {}, '/executors'],
    ['an empty list of executors', { executors: [] }, '/executors'],
    ['more executors than allowed', { executors: Array(33).fill(EXECUTOR) }, '/executors'],
    ['an executor that is null', { executors: [null] }, '/executors/0'],
    ['an executor without image', { executors: [{ command: ['x'] }] }, '/executors/0/image'],
    ['an empty image', executorWith({ image: '' }), '/executors/0/image'],
    ['an image with spaces', executorWith({ image: 'a b' }), '/executors/0/image'],
    ['an empty command', executorWith({ command: [] }), '/executors/0/command'],
    ['an empty program', executorWith({ command: [''] }), '/executors/0/command'],
    ['a number as argument', executorWith({ command: ['a', 1] }), '/executors/0/command/1'],
    ['null as argument', executorWith({ command: ['a', null] }), '/executors/0/command/1'],
    ['NUL in an argument', executorWith({ command: ['a\0'] }), '/executors/0/command/0'],
    ['half a surrogate pair', executorWith({ command: ['a', '\ud800'] }), '/executors/0/command/1'],
    [
      'an argument that Linux refuses',
      executorWith({ command: ['a', 'x'.repeat(131_072)] }),
      '/executors/0/command/1',
    ],
    ['a bad variable name', executorWith({ env: { 'A=B': '' } }), '/executors/0/env'],
    ['an empty variable name', executorWith({ env: { '': 'x' } }), '/executors/0/env'],
    ['NUL in a variable', executorWith({ env: { A: '\0' } }), '/executors/0/env/A'],
    ['a relative workdir', executorWith({ workdir: 'a' }), '/executors/0/workdir'],
    ['stdout with ..', executorWith({ stdout: '/a/../b' }), '/executors/0/stdout'],
    ['text as ignore_error', executorWith({ ignore_error: 'yes' }), '/executors/0/ignore_error'],
    ['inputs as URLs', aBody({ inputs: ['/data/a'] }), '/inputs/0'],
    ['an input without path', aBody({ inputs: [{ content: '' }] }), '/inputs/0/path'],
    ['an input without source', aBody({ inputs: [{ path: '/a' }] }), '/inputs/0'],
    ['an input at /', aBody({ inputs: [{ path: '//', content: '' }] }), '/inputs/0/path'],
    ['an input in /proc', aBody({ inputs: [{ path: '/proc/x', content: '' }] }), '/inputs/0/path'],
    [
      'content for a directory',
      aBody({ inputs: [{ path: '/a', content: 'x', type: 'DIRECTORY' }] }),
      '/inputs/0/content',
    ],
    [
      'a wrong type',
      aBody({ inputs: [{ path: '/a', content: '', type: 'file' }] }),
      '/inputs/0/type',
    ],
    ['an output without url', aBody({ outputs: [{ path: '/a' }] }), '/outputs/0/url'],
    [
      'a wildcard without path_prefix',
      aBody({ outputs: [{ path: '/w/*.txt', url: '/data/x' }] }),
      '/outputs/0/path_prefix',
    ],
    [
      'a path_prefix that is not the beginning',
      aBody({ outputs: [{ path: '/w/*.txt', url: '/data/x', path_prefix: '/v' }] }),
      '/outputs/0/path_prefix',
    ],
    [
      'a path_prefix that goes on where the path ends its name otherwise',
      aBody({ outputs: [{ path: '/v/w*/x', url: '/data/x', path_prefix: '/v/w/' }] }),
      '/outputs/0/path_prefix',
    ],
    [
      'a wildcard in the first directory',
      aBody({ outputs: [{ path: '/*.txt', url: '/data/x', path_prefix: '/' }] }),
      '/outputs/0/path',
    ],
    ['a relative volume', aBody({ volumes: ['a'] }), '/volumes/0'],
    ['/ as volume', aBody({ volumes: ['/'] }), '/volumes/0'],
    ['a volume beneath a file of Kubernetes', aBody({ volumes: ['/etc/hosts/x'] }), '/volumes/0'],
    [
      'a stream in our own folder',
      executorWith({ stdin: '/.orrery/spec/x' }),
      '/executors/0/stdin',
    ],
    ['a stream that is the root', executorWith({ stdout: '//' }), '/executors/0/stdout'],
    [
      'our own folder as working directory',
      executorWith({ workdir: '/./.orrery' }),
      '/executors/0/workdir',
    ],
    ['our own folder as volume', aBody({ volumes: ['/.orrery/run'] }), '/volumes/0'],
    ['a long file name', aBody({ volumes: [`/${'x'.repeat(256)}`] }), '/volumes/0'],
    ['no cores at all', aBody({ resources: { cpu_cores: 0 } }), '/resources/cpu_cores'],
    ['endless memory', aBody({ resources: { ram_gb: 1e300 } }), '/resources/ram_gb'],
    ['text as a number', aBody({ resources: { disk_gb: '1' } }), '/resources/disk_gb'],
    ['a number as tag', aBody({ tags: { a: 1 } }), '/tags/a'],
    ['NUL in a tag key', aBody({ tags: { 'a\0': '' } }), '/tags/a\0'],
  ])('refuses %s', (_, body, pointer) => {
    expect(pointersOf(body)).toStrictEqual([pointer]);
  });

  it('says everything at once, each in a sentence that begins with the field', () => {
    const messages = problemsOf({
      executors: [{ command: [] }],
      inputs: [{ path: 'a', content: '' }],
      tags: 7,
    }).map((problem) => problem.message);

    expect(messages).toHaveLength(4);
    expect(messages).toContain('executors[0].image is missing: the container image.');
    expect(messages).toContain('inputs[0].path must be an absolute path; let it begin with /.');
    for (const message of messages) expect(message).toMatch(/^(executors|inputs|tags).*\.$/);
  });

  it('lists no more than 100 problems', () => {
    expect(problemsOf(aBody({ volumes: Array(500).fill('relative') }))).toHaveLength(100);
  });
});

describe('where inputs and outputs may lie', () => {
  it.each([
    ['stdout', executorWith({ stdout: '/work' }), '/executors/0/stdout'],
    ['stdin', executorWith({ stdin: '/work/' }), '/executors/0/stdin'],
    ['an output', aBody({ outputs: [{ path: '/work', url: '/data/x' }] }), '/outputs/0/path'],
  ])('refuses %s at a directory of the task', (_what, body, pointer) => {
    expect(problemsOf({ ...body, volumes: ['/work'] })).toStrictEqual([
      { pointer, message: expect.stringMatching(/is a directory of this task; name a file in it/) },
    ]);
  });

  it.each([
    ['stderr', executorWith({ stderr: '/in/log' }), '/executors/0/stderr'],
    ['an output', aBody({ outputs: [{ path: '/in/x', url: '/data/x' }] }), '/outputs/0/path'],
  ])('refuses %s beneath a file input', (_what, body, pointer) => {
    const inputs = [{ path: '/in', content: 'x' }];
    expect(pointersOf({ ...body, inputs })).toStrictEqual([pointer]);
  });

  it('refuses a directory output at a file input', () => {
    const body = aBody({
      inputs: [{ path: '/in', content: 'x' }],
      outputs: [{ path: '/in', url: '/data/x', type: 'DIRECTORY' }],
    });
    expect(pointersOf(body)).toStrictEqual(['/outputs/0/path']);
  });

  it('lets streams and outputs share a file with each other and with an input', () => {
    const body = {
      ...executorWith({ stdin: '/in', stdout: '/out', stderr: '/out' }),
      inputs: [{ path: '/in', content: 'x' }],
      outputs: [{ path: '/out', url: '/data/x' }],
    };
    expect(problemsOf(body)).toStrictEqual([]);
  });

  it.each([
    'file:///data',
    'file:///data/a',
    'file://localhost/data/a',
    '/data/a/',
    'FILE:/data/x',
  ])('accepts %s under a configured folder', (url) => {
    expect(problemsOf(aBody({ inputs: [{ path: '/a', url }] }))).toStrictEqual([]);
  });

  it.each(['file:///database/a', '/etc/passwd', 'file:///'])(
    'refuses %s and names the configured folders',
    (url) => {
      expect(problemsOf(aBody({ outputs: [{ path: '/a', url }] }))).toStrictEqual([
        {
          pointer: '/outputs/0/url',
          message:
            'outputs[0].url must lie in a folder that is configured for file: URLs; use one of /data.',
        },
      ]);
    },
  );

  it('says so when no folder is configured', () => {
    const rules = { ...RULES, fileRoots: [] };
    const [problem] = problemsOf(aBody({ inputs: [{ path: '/a', url: '/data/a' }] }), rules);

    expect(problem?.message).toMatch(/none is configured here/);
  });

  it.each([
    's3://b/k',
    'gs://b/k',
    'az://c/k',
    'https://h/x',
    'http://h/x',
    'ftp://h/x',
    'ftps://h/x',
  ])('refuses %s, since this version does not transfer it', (url) => {
    const [problem] = problemsOf(aBody({ inputs: [{ path: '/a', url }] }));

    expect(problem?.message).toMatch(
      /but this version transfers only inline content and file: URLs\.$/,
    );
  });

  it('accepts a scheme as soon as it is supported', () => {
    const rules: TaskRules = { ...RULES, schemes: ['file', 's3'] };

    expect(problemsOf(aBody({ inputs: [{ path: '/a', url: 's3://b/k' }] }), rules)).toStrictEqual(
      [],
    );
  });

  it.each(['s3://bucket', 's3://bucket/', 's3://bucket//'])(
    'refuses the whole bucket %s as a file, and takes it as a directory',
    (url) => {
      const rules: TaskRules = { ...RULES, schemes: ['s3'] };
      const place = (type?: string) => ({ path: '/a', url, type });
      const pattern = { path: '/w/*.txt', path_prefix: '/w', url };

      expect(
        pointersOf(aBody({ inputs: [place()], outputs: [place('FILE'), pattern] }), rules),
      ).toStrictEqual(['/inputs/0/url', '/outputs/0/url']);
      expect(pointersOf(aBody({ inputs: [place('DIRECTORY')] }), rules)).toStrictEqual([]);
    },
  );

  it('names an unknown scheme, but never repeats the rest of a URL, which may hold credentials', () => {
    const [problem] = problemsOf(aBody({ inputs: [{ path: '/a', url: 'xyz://user:secret@h' }] }));

    expect(problem?.message).toMatch(/unknown scheme xyz:/);
    expect(problem?.message).not.toMatch(/secret/);
  });
});
