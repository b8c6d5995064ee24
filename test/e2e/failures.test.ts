/** Tasks that fail: the state says whose fault it was, the log says why, and what can be saved is uploaded. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { killContainer } from '../support/kill-container.ts';
import { aShell, aShellTask, NOTE_RUN, notedAt } from '../support/shell-task.ts';
import { startSystem, type System } from '../support/system.ts';

/** Memory that belongs to no process: the OOM killer takes the largest one, the shim, and with it the whole container. */
const OOM_ALL = 'cat /dev/zero > /dev/fill';
const SMALL = { resources: { ram_gb: 0.05 } };

let system: System;
let ids: Record<'exit' | 'ignored' | 'hog' | 'oom' | 'noInput' | 'noOutput', string>;

beforeAll(async () => {
  system = await startSystem({ settings: { ORRERY_MAX_ATTEMPTS: '1' } });
  const url = (name: string): string => system.fileUrl(name);
  const submit = (task: object): Promise<string> => system.submit(task);
  ids = {
    exit: await submit(
      aShellTask(['echo before > /work/o; echo no >&2; exit 3', 'echo late >> /work/o'], {
        outputs: [{ path: '/work/o', url: url('exit') }],
      }),
    ),
    ignored: await submit({
      volumes: ['/v'],
      executors: [
        aShell('echo one > /v/o; exit 3', { ignore_error: true }),
        aShell('echo two >> /v/o'),
      ],
      outputs: [{ path: '/v/o', url: url('ignored') }],
    }),
    hog: await submit(
      aShellTask('echo before > /work/o; tail /dev/zero', {
        ...SMALL,
        outputs: [{ path: '/work/o', url: url('hog') }],
      }),
    ),
    oom: await submit(
      aShellTask([`${NOTE_RUN}; ${OOM_ALL}`, 'echo later >> /runs/log'], {
        ...SMALL,
        ...notedAt(url('oom')),
      }),
    ),
    noInput: await submit(
      aShellTask('true', { inputs: [{ path: '/work/i', url: url('not-there') }] }),
    ),
    noOutput: await submit(
      aShellTask('true', { outputs: [{ path: '/work/never', url: url('never') }] }),
    ),
  };
}, 120_000);

afterAll(() => system.stop(), 60_000);

describe('a command that ends with an exit code other than 0', () => {
  it('ends the task as EXECUTOR_ERROR: later executors do not run, what it wrote is uploaded', async () => {
    const task = await system.ends(ids.exit, 'EXECUTOR_ERROR');
    expect(task.logs?.[0]?.logs).toEqual([
      expect.objectContaining({ exit_code: 3, stderr: 'no\n' }),
    ]);
    expect(task.logs?.[0]?.system_logs?.at(-1)).toMatch(/exit code 3/);
    await expect(system.readFile('exit')).resolves.toBe('before\n');
  }, 180_000);

  it('lets the task go on when its errors are ignored', async () => {
    const task = await system.ends(ids.ignored, 'COMPLETE');
    expect(task.logs?.[0]?.logs.map(({ exit_code }) => exit_code)).toEqual([3, 0]);
    await expect(system.readFile('ignored')).resolves.toBe('one\ntwo\n');
  }, 180_000);
});

describe('a command that needs more memory than its limit', () => {
  it('is told so, and what it wrote before is uploaded', async () => {
    const task = await system.ends(ids.hog, 'EXECUTOR_ERROR');
    expect(task.logs?.[0]?.logs).toEqual([expect.objectContaining({ exit_code: 137 })]);
    expect(task.logs?.[0]?.system_logs?.at(-1)).toMatch(
      /more memory than its limit of 50[.]\d+ MB.*ram_gb/,
    );
    await expect(system.readFile('hog')).resolves.toBe('before\n');
  }, 180_000);

  it('is not run again when its whole container was killed, and what it wrote is uploaded', async () => {
    const task = await system.ends(ids.oom, 'EXECUTOR_ERROR');
    expect(task.logs?.[0]?.logs).toEqual([expect.objectContaining({ exit_code: 137 })]);
    expect(task.logs?.[0]?.system_logs).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/was killed together with its container for its use of memory/),
        expect.stringMatching(/more memory than its limit of 50[.]\d+ MB/),
      ]),
    );
    await expect(system.readFile('oom')).resolves.toBe('run\n');
  }, 180_000);
});

describe('a container that somebody kills', () => {
  it('ends its attempt as infrastructure trouble, without the command being run again in that pod', async () => {
    const id = await system.submit(
      aShellTask(`${NOTE_RUN}; sleep 300`, notedAt(system.fileUrl('killed'))),
    );
    await system.reaches(id, 'RUNNING');
    const [pod] = await system.namespace.podsOf(id);
    await killContainer(system, pod?.uid ?? '');

    const task = await system.ends(id, 'SYSTEM_ERROR');
    expect(task.logs?.[0]?.system_logs?.at(-1)).toMatch(
      /was killed together with its container, and not for its use of memory/,
    );
    await expect(system.readFile('killed')).resolves.toBe('run\n');
  }, 240_000);
});

describe('files that are not there', () => {
  it('ends the task as SYSTEM_ERROR naming the input that does not exist', async () => {
    const task = await system.ends(ids.noInput, 'SYSTEM_ERROR');
    expect(task.logs?.[0]?.logs).toEqual([]);
    expect(task.logs?.[0]?.system_logs?.at(-1)).toContain('not-there');
  }, 180_000);

  it('ends the task as SYSTEM_ERROR naming the output that was not written', async () => {
    const task = await system.ends(ids.noOutput, 'SYSTEM_ERROR');
    expect(task.logs?.[0]?.logs).toEqual([expect.objectContaining({ exit_code: 0 })]);
    expect(task.logs?.[0]?.system_logs?.at(-1)).toContain('/work/never');
  }, 180_000);
});

describe('the cluster', () => {
  it('holds nothing of tasks that failed', async () => {
    await expect(system.leftovers()).resolves.toEqual([]);
  }, 90_000);
});
