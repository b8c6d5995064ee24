/** Task pods in namespaces that enforce a pod security standard: created, run, and their outputs brought out. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Pod } from '../../src/kubernetes/objects.ts';
import { buildTaskPod } from '../../src/kubernetes/pod/build-task-pod.ts';
import { openTestCluster } from '../support/cluster.ts';
import { makeSecuredNamespace, type SecuredNamespace } from '../support/secured-namespace.ts';
import { aShell } from '../support/shell-task.ts';
import { startSystem, type System } from '../support/system.ts';

const cluster = openTestCluster();

afterAll(() => cluster.close());

describe.each(['baseline', 'restricted'] as const)('a namespace that enforces %s', (level) => {
  let namespace: SecuredNamespace;
  let system: System;

  beforeAll(async () => {
    namespace = await makeSecuredNamespace(cluster.api, level);
    system = await startSystem({
      name: level,
      settings: { ...namespace.settings, ORRERY_POD_SECURITY: level, ORRERY_MAX_ATTEMPTS: '1' },
    });
  }, 120_000);

  afterAll(async () => {
    await system.stop();
    await namespace.remove();
  }, 60_000);

  async function podsLeft(): Promise<number> {
    const { items } = await cluster.api.json<{ items: Pod[] }>({
      method: 'GET',
      path: `${namespace.path}/pods`,
    });
    return items.length;
  }

  it('runs a task with inputs, two executors and outputs to COMPLETE', async () => {
    await writeFile(join(namespace.folder, 'in.txt'), 'from the claim\n');
    const at = (path: string) => `file://${join(namespace.folder, path)}`;
    const id = await system.submit({
      inputs: [
        { path: '/in/claim.txt', url: at('in.txt') },
        { path: '/in/inline.txt', content: 'from the task\n' },
      ],
      outputs: [
        { path: '/out', url: at('out'), type: 'DIRECTORY' },
        { path: '/log/id.txt', url: at('id.txt') },
      ],
      volumes: ['/shared'],
      executors: [
        aShell('cat /in/claim.txt /in/inline.txt > /shared/all && umask 077 && id -u', {
          stdout: '/log/id.txt',
        }),
        aShell(
          'cp /shared/all /out/all.txt && chmod 600 /out/all.txt && ls /var/run/secrets 2>&1 | wc -l',
        ),
      ],
    });

    const task = await system.ends(id, 'COMPLETE');

    expect(await readFile(join(namespace.folder, 'out/all.txt'), 'utf8')).toBe(
      'from the claim\nfrom the task\n',
    );
    expect((await readFile(join(namespace.folder, 'id.txt'), 'utf8')).trim()).toBe(
      level === 'restricted' ? '65532' : '0',
    );
    expect(task.logs?.[0]?.logs.map((log) => log.exit_code)).toEqual([0, 0]);
    await system.until(async () => (await podsLeft()) === 0, {
      what: 'the pod is gone',
      withinMs: 60_000,
    });
  }, 180_000);

  it('says what failed, as anywhere else', async () => {
    const id = await system.submit({ executors: [aShell('echo broken >&2; exit 7')] });

    const task = await system.ends(id, 'EXECUTOR_ERROR');

    expect(task.logs?.[0]?.logs).toMatchObject([{ exit_code: 7, stderr: 'broken\n' }]);
  }, 180_000);
});

describe('the standards of this cluster', () => {
  let namespace: SecuredNamespace;

  beforeAll(async () => {
    namespace = await makeSecuredNamespace(cluster.api, 'restricted');
  });
  afterAll(() => namespace.remove());

  const tryOnly = (more: object) => {
    const pod = buildTaskPod(cluster.aPlan(), { ...cluster.settings, ...more });
    const body = { ...pod, metadata: { ...pod.metadata, namespace: undefined } };
    const query = { dryRun: 'All' };
    return cluster.api.json({ method: 'POST', path: `${namespace.path}/pods`, query, body });
  };

  it('are enforced: restricted refuses a pod that is built for baseline, and takes one built for it', async () => {
    await expect(tryOnly({})).rejects.toMatchObject({
      userMessage: expect.stringMatching(/\(403\): .*violates PodSecurity "restricted/),
    });
    await expect(
      tryOnly({ restricted: true, user: { uid: 65_532, gid: 65_532 } }),
    ).resolves.toMatchObject({ kind: 'Pod' });
  });
});
