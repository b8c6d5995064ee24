import { describe, expect, it } from '@jest/globals';

import { parseTask } from '../../../src/tes/parse-task.ts';
import { aBody, RULES } from '../../support/task-bodies.ts';

const problemsOf = (body: unknown): { pointer: string; message: string }[] => {
  const parsed = parseTask(body, RULES);
  return 'problems' in parsed ? [...parsed.problems] : [];
};

const pointersOf = (body: unknown): string[] => problemsOf(body).map(({ pointer }) => pointer);

const executorWith = (more: object) =>
  aBody({ executors: [{ image: 'demo', command: ['true'], ...more }] });

const variables = (count: number, length: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`V${index}`, 'x'.repeat(length)]),
  );

const texts = (count: number, of: (index: number) => unknown) =>
  Array.from({ length: count }, (_, index) => of(index));

const content = (index: number) => ({ path: `/in/${index}`, content: '' });

describe('a large task', () => {
  it.each([
    ['a name of 2,000 bytes', aBody({ name: 'é'.repeat(1000) })],
    ['10,000 inputs', aBody({ inputs: texts(10_000, content) })],
    ['tags of 128 KiB', aBody({ tags: { a: 'x'.repeat(131_000) } })],
    ['100 kB as an argument', executorWith({ command: ['a', 'x'.repeat(100_000)] })],
    ['1.8 MB of arguments', executorWith({ command: ['a', ...texts(18, () => 'x'.repeat(1e5))] })],
    ['1.8 MB of variables', executorWith({ env: variables(18, 100_000) })],
    ['10,000 short variables', executorWith({ env: variables(10_000, 10) })],
    ['4 MB of memory', aBody({ resources: { ram_gb: 0.004 } })],
    ['500 volumes', aBody({ volumes: texts(499, (index) => `/v${index}`) })],
  ])('is accepted with %s', (_title, body) => {
    expect(pointersOf(body)).toStrictEqual([]);
  });

  it.each([
    ['a name that Postgres cannot index', aBody({ name: 'é'.repeat(1001) }), '/name'],
    ['too many inputs', aBody({ inputs: texts(10_001, content) }), '/inputs'],
    [
      'too many outputs',
      aBody({ outputs: texts(10_001, (one) => ({ path: `/o/${one}`, url: '/data/x' })) }),
      '/outputs',
    ],
    ['too many volumes', aBody({ volumes: texts(10_001, (one) => `/v/${one}`) }), '/volumes'],
    ['too many tags', aBody({ tags: variables(10_001, 1) }), '/tags'],
    ['tags that are too long', aBody({ tags: { a: 'x'.repeat(131_073) } }), '/tags'],
    ['too many variables', executorWith({ env: variables(10_001, 1) }), '/executors/0/env'],
    [
      'too many arguments',
      executorWith({ command: texts(100_001, () => '') }),
      '/executors/0/command',
    ],
    [
      'more arguments than Linux passes',
      executorWith({ command: ['a', ...texts(20, () => 'x'.repeat(1e5))] }),
      '/executors/0',
    ],
    [
      'paths whose escapes make a pod too large',
      aBody({ volumes: texts(250, (one) => `/v${one}${`/${'<'.repeat(250)}`.repeat(4)}`) }),
      '',
    ],
    [
      'memory in which no container starts',
      aBody({ resources: { ram_gb: 0.003 } }),
      '/resources/ram_gb',
    ],
    [
      'programs of many executors that the first stage cannot read',
      aBody({
        executors: texts(32, () => ({
          image: 'a',
          command: ['b', ...texts(18, () => 'x'.repeat(1e5))],
        })),
        inputs: texts(100, (one) => ({ path: `/in/${one}`, content: 'x'.repeat(1e5) })),
      }),
      '',
    ],
    [
      'volumes that many executors mount',
      aBody({
        executors: texts(32, () => ({ image: 'a', command: ['b'] })),
        volumes: texts(320, (one) => `/v${one}`),
      }),
      '',
    ],
    [
      'more mounts than a container should have',
      aBody({ volumes: texts(500, (one) => `/v${one}`) }),
      '',
    ],
    [
      'more paths than the first stage can read for all executors',
      aBody({
        executors: texts(32, () => ({ image: 'a', command: ['b'] })),
        outputs: texts(10_000, (one) => ({ path: `/out/${'p'.repeat(95)}${one}`, url: '/data/x' })),
      }),
      '',
    ],
    ['a path that is too deep', aBody({ volumes: ['/a'.repeat(101)] }), '/volumes/0'],
    [
      'paths of too many bytes',
      aBody({
        inputs: texts(2000, (one) => ({
          path: `/${one}/${texts(10, () => 'x'.repeat(250)).join('/')}`,
          content: '',
        })),
      }),
      '',
    ],
  ])('is refused with %s', (_title, body, pointer) => {
    expect(pointersOf(body)).toStrictEqual([pointer]);
  });

  it('is refused with a sentence that names the number and the remedy', () => {
    const executors = texts(32, () => ({ image: 'a', command: ['b'] }));
    const volumes = texts(320, (one) => `/v${one}`);
    const [problem] = problemsOf(aBody({ executors, volumes }));

    expect(problem?.message).toMatch(
      /^The body needs a pod of about \d+ bytes, which must not be more than 1400000; use .*\.$/,
    );
  });

  it.each([
    ['wrong volumes', '{"volumes":[' + '0,'.repeat(5_000_000) + '0]}'],
    ['wrong executors', '{"executors":[' + '{},'.repeat(5_000_000) + '{}]}'],
    [
      'wrong tags',
      `{"tags":${JSON.stringify(Object.fromEntries(texts(300_000, (one) => [`k${one}`, 0]) as [string, number][]))}}`,
    ],
    [
      'deep paths',
      JSON.stringify(
        aBody({
          inputs: texts(10_000, (one) => ({ path: `/${one}${'/ab'.repeat(99)}`, content: '' })),
        }),
      ),
    ],
    [
      'deep volumes',
      JSON.stringify(aBody({ volumes: texts(10_000, (one) => `/${one}${'/ab'.repeat(99)}`) })),
    ],
  ])('of %s is checked with at most a hundred problems', (_title, text) => {
    const body: unknown = JSON.parse(text);

    expect(problemsOf(body).length).toBeLessThanOrEqual(100);
  });
});
