/** Paths of a task that cannot exist side by side, or where they are. */
import { describe, expect, it } from '@jest/globals';

import { parseTask } from '../../../src/tes/parse-task.ts';
import { aBody, RULES } from '../../support/task-bodies.ts';

function pointersOf(body: unknown): readonly string[] {
  const parsed = parseTask(body, RULES);
  return 'problems' in parsed ? parsed.problems.map(({ pointer }) => pointer) : [];
}

describe('the paths of a task', () => {
  it.each([
    [
      'a file input in /dev, which nothing carries there',
      aBody({ inputs: [{ path: '/dev/shm/index', content: 'x' }], volumes: ['/dev/shm/deeper'] }),
      '/inputs/0/path',
    ],
    [
      'a file output in /dev',
      aBody({ outputs: [{ path: '/dev//out', url: '/data/x' }] }),
      '/outputs/0/path',
    ],
  ])('cannot be those of %s', (_, body, pointer) => {
    expect(pointersOf(body)).toStrictEqual([pointer]);
  });

  it.each([
    ['files in a volume there', { volumes: ['/dev/shm/'] }],
    [
      'a directory there, and streams to devices',
      {
        inputs: [{ path: '/dev/shm', url: '/data/x', type: 'DIRECTORY' }],
        executors: [{ image: 'demo', command: ['a'], stdin: '/dev/null', stdout: '/dev/stdout' }],
      },
    ],
  ])('takes what works in /dev: %s', (_, body) => {
    const { inputs = [], ...more } = body as { inputs?: object[] };

    expect(
      pointersOf(aBody({ inputs: [...inputs, { path: '/dev/shm/index', content: 'x' }], ...more })),
    ).toStrictEqual([]);
  });

  it('refuses a pattern whose directory is a file of the task', () => {
    const inputs = [{ path: '/work/a', content: 'x' }];
    const outputs = [{ path: '/work/a/*', path_prefix: '/work', url: '/data/x' }];

    expect(pointersOf(aBody({ inputs, outputs }))).toStrictEqual(['/outputs/0/path']);
  });

  it.each([
    ['two files at one path', ['/a', '/a/']],
    ['a file beneath a file', ['/a', '/a/b/c']],
  ])('refuses inputs that are %s', (_, paths) => {
    const inputs = paths.map((path, index) => ({ path, content: `${index}` }));

    expect(pointersOf(aBody({ inputs }))).toStrictEqual(['/inputs/1/path']);
  });

  it('refuses a volume at the path of a file', () => {
    const body = aBody({ inputs: [{ path: '/a', content: 'x' }], volumes: ['/a'] });

    expect(pointersOf(body)).toStrictEqual(['/volumes/0']);
  });
});
