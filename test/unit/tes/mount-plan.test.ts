import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { mountPlan } from '../../../src/tes/mount-plan.ts';
import { isWithin } from '../../../src/tes/paths.ts';
import type { Executor, Input, Output, TaskDocument } from '../../../src/tes/task.ts';

const aDocument = (parts: Partial<TaskDocument>): TaskDocument => ({
  executors: [{ image: 'alpine:3', command: ['true'] }],
  ...parts,
});
const anExecutor = (parts: Partial<Executor>): Executor => ({
  image: 'alpine:3',
  command: ['true'],
  ...parts,
});
const aFileIn = (path: string): Input => ({ path, content: 'x', type: 'FILE' });
const aFileOut = (path: string): Output => ({ path, url: 's3://b/o', type: 'FILE' });

describe('mountPlan', () => {
  it.each<[string, Partial<TaskDocument>, string[]]>([
    ['/tmp always', {}, ['/tmp']],
    [
      'every volume',
      { volumes: ['/usr/share/cache', '/data'] },
      ['/data', '/tmp', '/usr/share/cache'],
    ],
    [
      'directories of inputs and outputs',
      {
        inputs: [{ path: '/in', url: 's3://b/i', type: 'DIRECTORY' }],
        outputs: [{ path: '/out/', url: 's3://b/o', type: 'DIRECTORY' }],
      },
      ['/in', '/out', '/tmp'],
    ],
    [
      'the fixed part of a pattern',
      { outputs: [{ path: '/out/run-?/*.txt', url: 's3://b/o', type: 'FILE' }] },
      ['/out', '/tmp'],
    ],
    [
      'a workdir of its own',
      { executors: [anExecutor({ workdir: '/work/dir' })] },
      ['/tmp', '/work/dir'],
    ],
    ['no workdir that is the root', { executors: [anExecutor({ workdir: '/' })] }, ['/tmp']],
    [
      'no workdir where images keep files',
      { executors: [anExecutor({ workdir: '/home/me' })] },
      ['/tmp'],
    ],
    ['no workdir among libraries', { executors: [anExecutor({ workdir: '/lib64/x' })] }, ['/tmp']],
    [
      'the parent that an input and an output share',
      { inputs: [aFileIn('/work/a')], outputs: [aFileOut('/work/b')] },
      ['/tmp', '/work'],
    ],
    [
      'the parent that an input and a stream share',
      { inputs: [aFileIn('/work/a')], executors: [anExecutor({ stdout: '/work/out' })] },
      ['/tmp', '/work'],
    ],
    [
      'no parent that only inputs have',
      { inputs: [aFileIn('/a/in')], outputs: [aFileOut('/b/out')] },
      ['/tmp'],
    ],
    [
      'no shared parent where images keep files',
      { inputs: [aFileIn('/usr/bin/in')], outputs: [aFileOut('/usr/bin/out')] },
      ['/tmp'],
    ],
    ['no root', { inputs: [aFileIn('/in')], outputs: [aFileOut('/out')] }, ['/tmp']],
    [
      'only the topmost of nested ones',
      { volumes: ['/a/b/c', '/a', '/a-b'] },
      ['/a', '/a-b', '/tmp'],
    ],
    [
      'the directory above a name with a colon',
      { outputs: [{ path: '/out/12:30/x', url: 's3://b/o', type: 'DIRECTORY' }] },
      ['/out', '/tmp'],
    ],
  ])('mounts %s', (_what, parts, mounts) => {
    expect(mountPlan(aDocument(parts)).mounts).toEqual(mounts);
  });

  it('carries files that lie in no mount, streams too', () => {
    const plan = mountPlan(
      aDocument({
        inputs: [aFileIn('/etc/tool.conf'), aFileIn('/data/in')],
        outputs: [aFileOut('/result')],
        volumes: ['/data'],
        executors: [
          anExecutor({ stdout: '/log/out', stderr: '/data/err', stdin: '/etc/tool.conf' }),
        ],
      }),
    );

    expect(plan.carried).toEqual(['/etc/tool.conf', '/log/out', '/result']);
  });

  it('leaves streams to devices alone', () => {
    const plan = mountPlan(aDocument({ executors: [anExecutor({ stdout: '/dev/null' })] }));

    expect(plan).toEqual({
      mounts: ['/tmp'],
      readOnly: [],
      carried: [],
      directories: [{ path: '/tmp', mode: 0o1777 }],
    });
  });

  it('creates mounts, parents of files and everything above them, parents first', () => {
    const plan = mountPlan(
      aDocument({
        inputs: [aFileIn('/etc/x/tool.conf')],
        volumes: ['/a/b'],
        outputs: [aFileOut('/o/r')],
      }),
    );

    expect(plan.directories.map(({ path, mode }) => `${mode.toString(8)} ${path}`)).toEqual([
      '777 /a',
      '777 /a/b',
      '777 /etc',
      '777 /etc/x',
      '777 /o',
      '1777 /tmp',
    ]);
  });

  it('reads every spelling of a path alike', () => {
    const plan = mountPlan(aDocument({ volumes: ['//a/./b/'], inputs: [aFileIn('/a/b//c')] }));

    expect(plan).toMatchObject({ mounts: ['/a/b', '/tmp'], carried: [] });
  });

  it('covers every path exactly once: by one mount or by carrying it', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', 'usr', 'tmp', 'etc', 'c:d'), { minLength: 1, maxLength: 4 })
      .map((names) => `/${names.join('/')}`);

    fc.assert(
      fc.property(fc.array(path), fc.array(path), fc.array(path), (ins, outs, volumes) => {
        const plan = mountPlan(
          aDocument({ inputs: ins.map(aFileIn), outputs: outs.map(aFileOut), volumes }),
        );

        for (const file of [...ins, ...outs]) {
          const holders = plan.mounts.filter((mount) => isWithin(file, mount)).length;
          expect(holders + (plan.carried.includes(file) ? 1 : 0)).toBe(1);
        }
        for (const volume of volumes) {
          expect(plan.mounts.filter((mount) => isWithin(volume, mount))).toHaveLength(1);
        }
      }),
    );
  });
});
