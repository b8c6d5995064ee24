/** Tasks that succeed, as their user sees them. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Task } from '../../src/tes/task.ts';
import { aShell } from '../support/shell-task.ts';
import { startSystem, type System } from '../support/system.ts';
import { environment } from '../support/test-environment.ts';

const ARGUMENTS = [
  '',
  'two  spaces',
  `'single' "double"`,
  '$(HOME) $HOME `id` $$',
  'a\nb',
  '*',
  '\\',
];

const PRINTED = ARGUMENTS.map((argument) => `<${argument}>`).join('');

let system: System;
let ids: { readonly many: string; readonly shared: string };

beforeAll(async () => {
  system = await startSystem();
  await system.writeFile('in/from-url', 'by url\n');
  const image = environment('DEMO_IMAGE');
  ids = {
    many: await system.submit({
      name: 'everything',
      description: 'inputs, outputs, streams and arguments',
      tags: { suite: 'e2e' },
      inputs: [
        { path: '/work/content', content: 'by content\n' },
        { path: '/work/from-url', url: system.fileUrl('in/from-url') },
      ],
      outputs: [
        { path: '/work/result', url: system.fileUrl('out/result') },
        { path: '/results', url: system.fileUrl('out/folder'), type: 'DIRECTORY' },
        { path: '/streams/stdout', url: system.fileUrl('out/stdout') },
        { path: '/streams/stderr', url: system.fileUrl('out/stderr') },
      ],
      executors: [
        {
          image,
          command: [
            'sh',
            '-c',
            'cat /work/content /work/from-url > /work/result; mkdir -p /results/deep; pwd > /results/workdir;' +
              ' printf %s "$WORD" > /results/deep/word; cat > /results/stdin; printf "<%s>" "$@"; echo trouble >&2',
            'sh',
            ...ARGUMENTS,
          ],
          env: { WORD: '$(HOME) and "quotes"' },
          workdir: '/work/dir',
          stdin: '/work/content',
          stdout: '/streams/stdout',
          stderr: '/streams/stderr',
        },
      ],
    }),
    shared: await system.submit({
      volumes: ['/shared'],
      outputs: [{ path: '/shared', url: system.fileUrl('shared'), type: 'DIRECTORY' }],
      executors: [
        aShell('echo one > /shared/log'),
        aShell('echo two >> /shared/log; cat /shared/log'),
        aShell('echo three >> /shared/log; wc -l < /shared/log'),
      ],
    }),
  };
}, 120_000);

afterAll(() => system.stop(), 60_000);

describe('a task that succeeds', () => {
  let task: Task;

  beforeAll(async () => {
    task = await system.ends(ids.many, 'COMPLETE');
  }, 180_000);

  it('reads inputs by content and by URL and uploads files and directories', async () => {
    await expect(system.readFile('out/result')).resolves.toBe('by content\nby url\n');
    await expect(system.readFile('out/folder/workdir')).resolves.toBe('/work/dir\n');
    await expect(system.readFile('out/folder/stdin')).resolves.toBe('by content\n');
  });

  it('gets its arguments and its environment untouched', async () => {
    await expect(system.readFile('out/stdout')).resolves.toBe(PRINTED);
    await expect(system.readFile('out/folder/deep/word')).resolves.toBe('$(HOME) and "quotes"');
  });

  it('keeps its streams in the files it named and in its log', async () => {
    await expect(system.readFile('out/stderr')).resolves.toBe('trouble\n');
    expect(task.logs?.[0]?.logs[0]).toMatchObject({
      exit_code: 0,
      stdout: await system.readFile('out/stdout'),
      stderr: 'trouble\n',
    });
  });

  it('shows one attempt with times in order and one entry for each uploaded file', () => {
    expect(task.logs).toHaveLength(1);
    const [log] = task.logs ?? [];
    const [executor] = log?.logs ?? [];
    const times = [
      task.creation_time,
      log?.start_time,
      executor?.start_time,
      executor?.end_time,
      log?.end_time,
    ].map((time) => Date.parse(time ?? ''));
    // A Node tells the time of scheduling in whole seconds.
    expect(times.map((time) => Math.floor(time / 1000))).toEqual(
      times.map((time) => Math.floor(time / 1000)).toSorted((a, b) => a - b),
    );
    const sizes = (log?.outputs ?? []).map(({ path, size_bytes }) => `${path} ${size_bytes}`);
    expect(sizes.toSorted()).toEqual([
      '/results/deep/word 20',
      '/results/stdin 11',
      '/results/workdir 10',
      '/streams/stderr 8',
      `/streams/stdout ${PRINTED.length}`,
      '/work/result 18',
    ]);
  });

  it('shows less in BASIC and only id and state in MINIMAL', async () => {
    const basic = await system.get(`/ga4gh/tes/v1/tasks/${ids.many}?view=BASIC`);
    expect(basic.body.logs?.[0]?.logs[0]).toMatchObject({ exit_code: 0 });
    expect(basic.body.logs?.[0]?.logs[0]).not.toHaveProperty('stdout');
    expect(basic.body.inputs?.[0]).not.toHaveProperty('content');
    expect(task.inputs?.[0]).toHaveProperty('content', 'by content\n');

    const minimal = await system.get(`/ga4gh/tes/v1/tasks/${ids.many}`);
    expect(minimal.body).toEqual({ id: ids.many, state: 'COMPLETE' });
  });

  it('is found in the list by its tag', async () => {
    const { body } = await system.get<{ tasks: Task[] }>(
      '/ga4gh/tes/v1/tasks?tag_key=suite&tag_value=e2e&state=COMPLETE',
    );
    expect(body.tasks).toEqual([{ id: ids.many, state: 'COMPLETE' }]);
  });
});

describe('executors of one task', () => {
  it('run in order and share its volumes', async () => {
    const task = await system.ends(ids.shared, 'COMPLETE');
    await expect(system.readFile('shared/log')).resolves.toBe('one\ntwo\nthree\n');
    expect(task.logs?.[0]?.logs).toEqual([
      expect.objectContaining({ exit_code: 0 }),
      expect.objectContaining({ exit_code: 0, stdout: 'one\ntwo\n' }),
      expect.objectContaining({ exit_code: 0, stdout: '3\n' }),
    ]);
  }, 180_000);
});

describe('the cluster', () => {
  it('holds nothing of tasks that ended', async () => {
    await expect(system.leftovers()).resolves.toEqual([]);
  }, 90_000);
});
