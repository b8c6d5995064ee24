/** What tasks ask for beside cores and memory, with real pods: GPUs, places, zones, accounts, Secrets and timeouts. */
import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Node, Pod } from '../../src/kubernetes/objects.ts';
import { openTestCluster } from '../support/cluster.ts';
import { aShell } from '../support/shell-task.ts';
import { startSystem, type System } from '../support/system.ts';
import { environment } from '../support/test-environment.ts';

const cluster = openTestCluster();
const TAG = randomBytes(4).toString('hex');
const GPU = `orrery.test/gpu-${TAG}`;
const ZONE = 'topology.kubernetes.io/zone';

/** What a placement profile may name beside nodes. */
const CLASSES = [
  { path: '/apis/scheduling.k8s.io/v1/priorityclasses', body: { value: 1234 } },
  { path: '/apis/node.k8s.io/v1/runtimeclasses', body: { handler: 'runc' } },
];

const merge = (path: string, body: object) =>
  cluster.api.json({
    method: 'PATCH',
    path,
    body,
    contentType: 'application/merge-patch+json',
  });

/** The node that really runs pods: the one whose kubelet answers the test cluster. */
async function realNode(): Promise<Node> {
  const { items } = await cluster.api.json<{ items: Node[] }>({
    method: 'GET',
    path: '/api/v1/nodes',
  });
  const found = items.find(({ status }) =>
    status?.nodeInfo?.containerRuntimeVersion.includes('://'),
  );
  if (found === undefined) throw new Error('there is no node with a container runtime');
  return found;
}

let system: System;
let node: Node;

beforeAll(async () => {
  node = await realNode();
  const path = `/api/v1/nodes/${node.metadata?.name ?? ''}`;
  await merge(path, { metadata: { labels: { [`pool-${TAG}`]: 'big', [ZONE]: `zone-${TAG}` } } });
  await merge(`${path}/status`, {
    status: { capacity: { [GPU]: '2' }, allocatable: { [GPU]: '2' } },
  });
  for (const [kind, body] of [
    ['serviceaccounts', {}],
    ['secrets', { stringData: { key: 'open sesame' } }],
  ] as const) {
    const named = { metadata: { name: `test-${TAG}` }, ...body };
    await cluster.api.json({ method: 'POST', path: `${cluster.path}/${kind}`, body: named });
  }
  for (const { path, body } of CLASSES) {
    const named = { metadata: { name: `test-${TAG}` }, ...body };
    await cluster.api.json({ method: 'POST', path, body: named });
  }
  system = await startSystem({
    settings: {
      ORRERY_GPU_PROFILES: `{default: {resource: ${GPU}, maximum: 8}}`,
      ORRERY_PLACEMENT_PROFILES: `
        big: { nodeSelector: { pool-${TAG}: big } }
        nowhere: { nodeSelector: { pool-${TAG}: none } }
        classed: { priorityClassName: test-${TAG}, runtimeClassName: test-${TAG} }
      `,
      ORRERY_ZONES: `near=zone-${TAG},far=moon-${TAG}`,
      ORRERY_SERVICE_ACCOUNTS: `test-${TAG}=token`,
      ORRERY_EXECUTOR_SECRETS: `/licence=test-${TAG}`,
      ORRERY_MAX_CPU_CORES: '2',
      ORRERY_MAX_ATTEMPTS: '1',
    },
  });
}, 120_000);

afterAll(async () => {
  await system.stop();
  const path = `/api/v1/nodes/${node.metadata?.name ?? ''}`;
  await merge(path, { metadata: { labels: { [`pool-${TAG}`]: null, [ZONE]: null } } });
  await merge(`${path}/status`, {
    status: { capacity: { [GPU]: null }, allocatable: { [GPU]: null } },
  });
  for (const kind of ['serviceaccounts', 'secrets']) {
    await cluster.api.json({ method: 'DELETE', path: `${cluster.path}/${kind}/test-${TAG}` });
  }
  for (const { path } of CLASSES) {
    await cluster.api.json({ method: 'DELETE', path: `${path}/test-${TAG}` });
  }
  await cluster.close();
}, 60_000);

const asking = (script: string, backend_parameters: object, more: object = {}) => ({
  executors: [aShell(script)],
  resources: { backend_parameters, backend_parameters_strict: true, ...more },
});

async function podOf(taskId: string): Promise<Pod> {
  const [found] = await system.namespace.podsOf(taskId);
  return cluster.raw(found?.name ?? '');
}

/** Waits until the scheduler has said why the task waits, as the API shows it. */
const waitsFor = (id: string, words: RegExp) =>
  system.until(
    async () => {
      const { body } = await system.get(`/ga4gh/tes/v1/tasks/${id}?view=FULL`);
      return (body.logs?.at(-1)?.system_logs ?? []).find((line) => words.test(line));
    },
    { what: `task ${id} waits for ${words.source}`, withinMs: 60_000 },
  );

describe('a task that asks for GPUs', () => {
  it('gets them where there are enough, and the scheduler counts them', async () => {
    const id = await system.submit(asking('sleep 3', { gpu: '2' }));
    await system.reaches(id, 'RUNNING');

    const pod = await podOf(id);
    expect(pod.spec?.initContainers?.[1]?.resources).toMatchObject({
      requests: { [GPU]: '2' },
      limits: { [GPU]: '2' },
    });
    expect(pod.spec?.nodeName).toBe(node.metadata?.name);
    await system.ends(id, 'COMPLETE');
  }, 120_000);

  it('waits where there are not, and ends by its own queue timeout', async () => {
    const id = await system.submit(asking('true', { gpu: '3', timeouts: 'queue=8s' }));

    expect(await waitsFor(id, /Insufficient/)).toContain(`Insufficient ${GPU}`);
    const task = await system.ends(id, 'SYSTEM_ERROR');
    expect(task.logs?.at(-1)?.system_logs?.at(-1)).toMatch(/queue deadline/i);
  }, 120_000);

  it('is refused for more than the profile allows when it is strict', async () => {
    const answer = await system.post('/ga4gh/tes/v1/tasks', asking('true', { gpu: '9' }));

    expect(answer).toMatchObject({
      status: 400,
      body: { details: [{ pointer: '/resources/backend_parameters/gpu' }] },
    });
  });
});

describe('a task that asks for a place', () => {
  it('runs on a node of its profile and zone', async () => {
    const id = await system.submit(asking('true', { placement: 'big' }, { zones: ['near'] }));

    expect(await system.ends(id, 'COMPLETE')).toMatchObject({ state: 'COMPLETE' });
  }, 120_000);

  it('runs with the priority and in the runtime of its profile', async () => {
    const id = await system.submit(asking('sleep 3', { placement: 'classed' }));
    await system.reaches(id, 'RUNNING');

    // The number comes from Kubernetes itself, which refuses a class that it does not know.
    expect((await podOf(id)).spec).toMatchObject({
      priority: 1234,
      runtimeClassName: `test-${TAG}`,
    });
    await system.ends(id, 'COMPLETE');
  }, 120_000);

  it.each([
    ['profile', asking('true', { placement: 'nowhere', timeouts: 'queue=1m' })],
    ['zone', asking('true', { timeouts: 'queue=1m' }, { zones: ['far'] })],
  ])(
    'waits while no node has its %s',
    async (_what, task) => {
      const id = await system.submit(task);

      expect(await waitsFor(id, /waits for a node/)).toMatch(/node affinity|selector/);
      await system.cancel(id);
      await system.ends(id, 'CANCELED');
    },
    120_000,
  );
});

describe('executors', () => {
  it('see the Secrets of the operator as files, whoever they run as, and nothing of a token', async () => {
    const script =
      'cat /licence/key; ls /var/run/secrets/kubernetes.io 2>&1 | grep -c serviceaccount || true';
    const id = await system.submit({ executors: [aShell(script)] });

    const task = await system.ends(id, 'COMPLETE');

    expect(task.logs?.[0]?.logs[0]?.stdout).toBe('open sesame0\n');
  }, 120_000);

  it('see the token of an account that the operator offers with it', async () => {
    const folder = '/var/run/secrets/kubernetes.io/serviceaccount';
    const script = `cat ${folder}/namespace; echo; cut -d. -f2 ${folder}/token; head -1 ${folder}/ca.crt`;
    const id = await system.submit(asking(script, { service_account: `test-${TAG}` }));

    const task = await system.ends(id, 'COMPLETE');

    const [namespace, claims = '', certificate] = (task.logs?.[0]?.logs[0]?.stdout ?? '').split(
      '\n',
    );
    expect(namespace).toBe(environment('TASK_NAMESPACE'));
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      sub: `system:serviceaccount:${environment('TASK_NAMESPACE')}:test-${TAG}`,
    });
    expect(certificate).toBe('-----BEGIN CERTIFICATE-----');
  }, 120_000);

  it('are stopped at the run timeout of their task', async () => {
    const id = await system.submit(asking('sleep 60', { timeouts: 'run=2s' }));

    const task = await system.ends(id, 'SYSTEM_ERROR');

    expect(task.logs?.[0]?.system_logs?.at(-1)).toMatch(/run deadline/i);
  }, 120_000);
});

describe('service-info', () => {
  it('publishes what this installation offers', async () => {
    const { body } = await system.get<object>('/ga4gh/tes/v1/service-info');

    expect(body).toMatchObject({
      tesResources_backend_parameters: [
        'gpu',
        'max_retries',
        'placement',
        'priority',
        'service_account',
        'timeouts',
      ],
    });
  });
});
