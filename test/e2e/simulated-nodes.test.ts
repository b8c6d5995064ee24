/** Tasks on simulated nodes: the real server and the real cluster, pods whose fate their images tell. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import {
  fateImage,
  type FateWord,
  type SimulatedNodes,
  startSimulatedNodes,
  stdoutOf,
} from '../../deploy/local/simulated-nodes/index.ts';
import { startSystem, type System } from '../support/system.ts';
import { environment } from '../support/test-environment.ts';

const realNamespace = process.env['ORRERY_TEST_TASK_NAMESPACE'];

let directory: string;
let nodes: SimulatedNodes;
let system: System;
let ids: Record<'ok' | 'exit' | 'oom' | 'evicted' | 'notFound' | 'lostReport', string>;

const aTask = (...executors: readonly (readonly FateWord[])[]) => ({
  executors: executors.map((words) => ({ image: fateImage(...words), command: ['true'] })),
});

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'orrery-simulated-'));
  nodes = await startSimulatedNodes({ kubeconfig: environment('KUBECONFIG'), directory, nodes: 1 });
  // The helpers look for pods where the server makes them.
  process.env['ORRERY_TEST_TASK_NAMESPACE'] = nodes.namespace;
  system = await startSystem();
  ids = {
    ok: await system.submit(aTask(['run-1s'], ['ok'])),
    exit: await system.submit(aTask(['exit-7'], ['ok'])),
    oom: await system.submit(aTask(['oom'])),
    evicted: await system.submit(aTask(['first-evicted'])),
    notFound: await system.submit(aTask(['not-found'])),
    lostReport: await system.submit(aTask(['lost-report'])),
  };
}, 300_000);

afterAll(async () => {
  await system.stop();
  await nodes.stop();
  if (realNamespace !== undefined) process.env['ORRERY_TEST_TASK_NAMESPACE'] = realNamespace;
  await rm(directory, { recursive: true, force: true });
}, 60_000);

describe('a task on simulated nodes', () => {
  it('ends COMPLETE with the exit codes and the output of its scripted report', async () => {
    const task = await system.ends(ids.ok, 'COMPLETE');
    const stdout = (index: number): string => stdoutOf(`orrery-${ids.ok}-1`, index);
    expect(task.logs?.[0]?.logs).toEqual([
      expect.objectContaining({ exit_code: 0, stdout: stdout(0) }),
      expect.objectContaining({ exit_code: 0, stdout: stdout(1) }),
    ]);
  }, 120_000);

  it('ends as its fate says: an exit code, which skips what follows, and an OOM kill', async () => {
    const exit = await system.ends(ids.exit, 'EXECUTOR_ERROR');
    expect(exit.logs?.[0]?.logs).toEqual([expect.objectContaining({ exit_code: 7 })]);
    const oom = await system.ends(ids.oom, 'EXECUTOR_ERROR');
    expect(oom.logs?.[0]?.logs).toEqual([expect.objectContaining({ exit_code: 137 })]);
    expect(oom.logs?.[0]?.system_logs?.join('\n')).toMatch(/more memory than its limit/);
  }, 120_000);

  it('is tried again when its first pod is evicted', async () => {
    const task = await system.ends(ids.evicted, 'COMPLETE');
    expect(task.logs).toHaveLength(2);
    expect(task.logs?.[0]?.system_logs?.join('\n')).toMatch(/ran short of memory and evicted/);
  }, 120_000);

  it('ends SYSTEM_ERROR when its image does not exist', async () => {
    const task = await system.ends(ids.notFound, 'SYSTEM_ERROR');
    expect(task.logs?.[0]?.system_logs?.at(-1)).toMatch(/fate:not-found .* does not exist/);
  }, 120_000);

  it('ends by its termination messages when the report is lost', async () => {
    const task = await system.ends(ids.lostReport, 'COMPLETE');
    expect(task.logs?.[0]?.logs).toEqual([expect.objectContaining({ exit_code: 0 })]);
    expect(task.logs?.[0]?.logs[0]?.stdout ?? '').toBe('');
  }, 120_000);

  it('leaves nothing behind', async () => {
    await expect(system.leftovers()).resolves.toEqual([]);
  }, 90_000);
});
