/** A worker that is paused in the middle of `ensurePod`, and wakes up when another one has done its work. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type ApiProxy, startApiProxy } from '../support/api-proxy.ts';
import { type PodsAlive, watchPodsAlive } from '../support/pods-alive.ts';
import { aShellTask, NOTE_RUN, notedAt } from '../support/shell-task.ts';
import { startSystem, type System } from '../support/system.ts';
import { openTcpLine, type TcpLine } from '../support/tcp-line.ts';
import { environment } from '../support/test-environment.ts';

let system: System;
let proxy: ApiProxy;
let alive: PodsAlive;
let temporal: TcpLine;

beforeAll(async () => {
  proxy = await startApiProxy((method, url) => method === 'POST' && url.endsWith('/pods'));
  temporal = await openTcpLine(environment('TEMPORAL_ADDRESS'));
  system = await startSystem({ workerless: true });
  alive = await watchPodsAlive(system.namespace);
}, 120_000);

afterAll(async () => {
  await alive.stop();
  await system.stop();
  await proxy.close();
  await temporal.close();
}, 60_000);

describe('a worker paused between making a pod and recording it', () => {
  it('does no harm when it continues while another worker runs the task', async () => {
    await system.writeFile('kubeconfig', proxy.kubeconfig);
    const paused = system.addProcess('worker', {
      ORRERY_KUBECONFIG: new URL(system.fileUrl('kubeconfig')).pathname,
      ORRERY_TEMPORAL_ADDRESS: temporal.address,
    });
    await paused.start();
    const id = await system.submit(
      aShellTask(`${NOTE_RUN}; sleep 8`, notedAt(system.fileUrl('runs'))),
    );
    await system.until(proxy.isHolding, { what: 'the pod is made', withinMs: 60_000 });
    await paused.kill('SIGSTOP');
    // Its open polls would swallow work until each of them times out.
    temporal.cut();
    proxy.release();
    const [made] = await system.namespace.podsOf(id);
    expect(made).toMatchObject({ gated: true });

    await system.addProcess('worker').start();
    await system.reaches(id, 'RUNNING');
    await paused.kill('SIGCONT');

    const task = await system.ends(id, 'COMPLETE');
    expect(task.logs).toHaveLength(1);
    expect(alive.of(id)).toEqual({ uids: [made?.uid], mostAtOnce: 1 });
    await expect(system.readFile('runs')).resolves.toBe('run\n');
  }, 300_000);
});

describe('the cluster', () => {
  it('holds nothing of a task that two workers had', async () => {
    await expect(system.leftovers()).resolves.toEqual([]);
  }, 90_000);
});
