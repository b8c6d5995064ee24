import { describe, expect, it } from '@jest/globals';

import { mountPlan } from '../../../src/tes/mount-plan.ts';
import { readOnlyInputs } from '../../../src/tes/read-only-inputs.ts';
import type { Executor, Input, TaskDocument } from '../../../src/tes/task.ts';

const anExecutor = (parts: Partial<Executor> = {}): Executor => ({
  image: 'alpine:3',
  command: ['true'],
  ...parts,
});
const aDocument = (parts: Partial<TaskDocument>): TaskDocument => ({
  executors: [anExecutor()],
  ...parts,
});
const aFile = (path: string): Input => ({ path, content: 'x', type: 'FILE' });
const aFolder = (path: string): Input => ({ path, url: 's3://b/i', type: 'DIRECTORY' });

describe('read-only inputs', () => {
  it('are mounted one by one, but not below one another', () => {
    const { mounts } = readOnlyInputs(
      aDocument({ inputs: [aFolder('/in/'), aFile('/in/a'), aFile('/etc/b'), aFile('/in-b')] }),
    );

    expect(mounts).toEqual(['/etc/b', '/in', '/in-b']);
  });

  it.each<[string, Partial<TaskDocument>]>([
    ['an output', { outputs: [{ path: '/in/out', url: 's3://b/o', type: 'FILE' }] }],
    [
      'the input itself as output',
      { outputs: [{ path: '/in', url: 's3://b', type: 'DIRECTORY' }] },
    ],
    ['a pattern', { outputs: [{ path: '/in/*.txt', url: 's3://b/o', type: 'FILE' }] }],
    ['a volume', { volumes: ['/in/deep/volume'] }],
    ['a working directory', { executors: [anExecutor({ workdir: '/in' })] }],
    ['a stream', { executors: [anExecutor(), anExecutor({ stderr: '/in/log/err' })] }],
  ])('leave out a directory with %s in it', (_title, parts) => {
    const { paths } = readOnlyInputs(
      aDocument({ inputs: [aFolder('/in'), aFile('/x')], ...parts }),
    );

    expect([...paths]).toEqual(['/x']);
  });

  it('may lie in a directory that is written to', () => {
    const { mounts } = readOnlyInputs(
      aDocument({ inputs: [aFile('/work/in')], volumes: ['/work'] }),
    );

    expect(mounts).toEqual(['/work/in']);
  });

  it('are mounted as long as the pod has room, and have no colon in their path', () => {
    const inputs = Array.from({ length: 1000 }, (_, index) => aFile(`/in/${index}`));
    const { paths, mounts } = readOnlyInputs(
      aDocument({ inputs: [aFile('/a:b'), ...inputs], executors: [anExecutor(), anExecutor()] }),
    );

    expect(paths.size).toBe(1001);
    expect(mounts).not.toContain('/a:b');
    expect(mounts.length).toBeGreaterThan(300);
    expect(mounts.length).toBeLessThan(400);
  });
});

describe('mountPlan', () => {
  const document = aDocument({
    inputs: [aFolder('/in'), aFile('/etc/tool.conf'), aFile('/work/a')],
    outputs: [{ path: '/work/b', url: 's3://b/o', type: 'FILE' }],
  });

  it('mounts inputs read-only where that is wanted, and then carries and mounts them no more', () => {
    expect(mountPlan(document, true)).toMatchObject({
      mounts: ['/tmp', '/work'],
      readOnly: ['/etc/tool.conf', '/in', '/work/a'],
      carried: [],
    });
  });

  it('mounts none read-only otherwise', () => {
    expect(mountPlan(document)).toMatchObject({
      mounts: ['/in', '/tmp', '/work'],
      readOnly: [],
      carried: ['/etc/tool.conf'],
    });
  });
});
