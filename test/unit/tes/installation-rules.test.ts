/** What one installation supports and another does not. */
import { describe, expect, it } from '@jest/globals';

import { parseTask, type TaskRules } from '../../../src/tes/parse-task.ts';
import type { Problem } from '../../../src/tes/problems.ts';
import { aBody, RULES } from '../../support/task-bodies.ts';

const EXECUTOR = { image: 'demo', command: ['true'] };

function problemsOf(body: unknown, rules: TaskRules = RULES): readonly Problem[] {
  const parsed = parseTask(body, rules);
  return 'problems' in parsed ? parsed.problems : [];
}

describe('backend parameters', () => {
  const withParameters = (more: object, parameters: object = { VmSize: 'a', priority: 'x' }) =>
    aBody({ resources: { backend_parameters: parameters, ...more } });

  it('are dropped with a warning each when their name or value is not supported', () => {
    expect(parseTask(withParameters({}), RULES)).toStrictEqual({
      document: { executors: [EXECUTOR], resources: {} },
      warnings: [
        'The backend parameter "VmSize" is not supported here (supported: max_retries, priority, timeouts); it was dropped.',
        'The backend parameter "priority" must be a whole number from -100 to 100, in quotes; it was dropped.',
      ],
    });
  });

  it('are refused then when the task is strict', () => {
    const problems = problemsOf(withParameters({ backend_parameters_strict: true }));

    expect(problems).toStrictEqual([
      {
        pointer: '/resources/backend_parameters/VmSize',
        message:
          'resources.backend_parameters.VmSize is not supported here (supported: max_retries, priority, timeouts); leave it out or unset backend_parameters_strict.',
      },
      {
        pointer: '/resources/backend_parameters/priority',
        message:
          'resources.backend_parameters.priority must be a whole number from -100 to 100, in quotes; leave it out or unset backend_parameters_strict.',
      },
    ]);
  });

  it('are kept as they were written when they are supported, in any letter case', () => {
    const parsed = parseTask(withParameters({}, { Max_Retries: '2', other: 'x' }), RULES);

    expect(parsed).toHaveProperty('document.resources.backend_parameters', { Max_Retries: '2' });
    expect(parsed).toHaveProperty('warnings.length', 1);
  });

  it('count once in whatever letter case', () => {
    const parsed = parseTask(withParameters({}, { priority: '1', PRIORITY: '2' }), RULES);

    expect(parsed).toHaveProperty('document.resources.backend_parameters', { priority: '1' });
    expect(parsed).toHaveProperty('warnings', [
      'The backend parameter "PRIORITY" is there in another letter case too; it was dropped.',
    ]);
  });
});

describe('what an installation allows', () => {
  const rules: TaskRules = {
    ...RULES,
    offers: {
      ...RULES.offers,
      maximums: { cpuCores: 4, ramGb: 16, diskGb: 100 },
      zones: { b: 'europe-west1-b' },
      placements: { big: { nodeSelector: { pool: 'big' } } },
      preemptible: { nodeSelector: { pool: 'spot' } },
    },
    reservedPlaces: ['/licence', '/var/run/secrets/kubernetes.io/serviceaccount'],
  };
  const asking = (resources: object) => problemsOf(aBody({ resources }), rules);

  it('is no more of a resource than its maximum', () => {
    expect(asking({ cpu_cores: 4, ram_gb: 16, disk_gb: 100 })).toStrictEqual([]);
    expect(asking({ cpu_cores: 4.1, ram_gb: 16.1, disk_gb: 101 })).toStrictEqual([
      {
        pointer: '/resources/cpu_cores',
        message: 'resources.cpu_cores must not be more than 4 here; ask for less.',
      },
      {
        pointer: '/resources/ram_gb',
        message: 'resources.ram_gb must not be more than 16 here; ask for less.',
      },
      {
        pointer: '/resources/disk_gb',
        message: 'resources.disk_gb must not be more than 100 here; ask for less.',
      },
    ]);
  });

  it('is a zone that is configured; without any, zones have no effect', () => {
    expect(asking({ zones: ['b', 'europe-west1-b'] })).toStrictEqual([
      {
        pointer: '/resources/zones/1',
        message: 'resources.zones[1] is "europe-west1-b"; use one of b.',
      },
    ]);
    expect(problemsOf(aBody({ resources: { zones: ['anywhere'] } }), RULES)).toStrictEqual([]);
  });

  it('is no two profiles that exclude each other', () => {
    const backend_parameters = { placement: 'big' };

    expect(asking({ backend_parameters })).toStrictEqual([]);
    expect(asking({ backend_parameters, preemptible: true })).toStrictEqual([
      {
        pointer: '/resources',
        message:
          'resources cannot be met together: The placement big and preemptible exclude each other: both set the label pool; leave one of them out.',
      },
    ]);
  });

  it.each([
    [{ volumes: ['/licence'] }, '/volumes/0'],
    [{ volumes: ['/licence/x'] }, '/volumes/0'],
    [{ inputs: [{ path: '//licence/./key', content: 'x' }] }, '/inputs/0/path'],
    [{ outputs: [{ path: '/licence', url: '/data/x', type: 'DIRECTORY' }] }, '/outputs/0/path'],
    [
      { outputs: [{ path: '/licence/*', url: '/data/x', path_prefix: '/licence' }] },
      '/outputs/0/path',
    ],
    [{ outputs: [{ path: '/var/*.log', url: '/data/x', path_prefix: '/var' }] }, '/outputs/0/path'],
    [{ volumes: ['/var/run'] }, '/volumes/0'],
    [
      { executors: [{ image: 'demo', command: ['a'], workdir: '/licence' }] },
      '/executors/0/workdir',
    ],
    [
      { executors: [{ image: 'demo', command: ['a'], stdout: '/licence/log' }] },
      '/executors/0/stdout',
    ],
  ])('is nothing of a task where executors see files of the operator: %j', (body, pointer) => {
    expect(problemsOf(aBody(body), rules)).toStrictEqual([
      { pointer, message: expect.stringMatching(/must not lie in \/.* or hold it/) },
    ]);
  });

  it('is anything beside these files', () => {
    const executor = { image: 'demo', command: ['a'], workdir: '/' };

    expect(
      problemsOf(aBody({ volumes: ['/licences', '/var/lib/x'], executors: [executor] }), rules),
    ).toStrictEqual([]);
  });

  it('is an image of the allowed ones', () => {
    const images = { allowed: ['quay.io/*'], toolHosts: [] };

    expect(problemsOf(aBody(), { ...rules, images })).toStrictEqual([
      {
        pointer: '/executors/0/image',
        message:
          'executors[0].image is "docker.io/library/demo", which is not allowed here; use one of quay.io/*.',
      },
    ]);
  });
});
