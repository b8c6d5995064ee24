import { randomUUID } from 'node:crypto';

import { afterAll, describe, expect, it } from '@jest/globals';

import { createApiClient } from '../../../src/kubernetes/api-client.ts';
import { createPodGateway } from '../../../src/kubernetes/pods.ts';
import { podName } from '../../../src/tes/attempt.ts';
import { openTestCluster } from '../../support/cluster.ts';
import { aKubeConfig } from '../../support/scripted-api.ts';

const cluster = openTestCluster();
const { pods } = cluster;

afterAll(() => cluster.close());

async function aGatedPod() {
  const plan = cluster.aPlan();
  const made = await pods.createGated(plan);
  if (made.kind === 'refused') throw new Error(made.message);
  return { plan, ...made.pod };
}

/** Writes what others may write into a pod. */
function meddle(name: string, patch: object): Promise<unknown> {
  return cluster.api.json({
    method: 'PATCH',
    path: `${cluster.path}/pods/${name}`,
    body: patch,
    contentType: 'application/strategic-merge-patch+json',
  });
}

/** A namespace of its own; disposing of it deletes it. */
async function aNamespace(labels: Record<string, string>) {
  const namespace = `orrery-${randomUUID().slice(0, 8)}`;
  const path = `/api/v1/namespaces/${namespace}`;
  const make = (at: string, body: object) => cluster.api.json({ method: 'POST', path: at, body });
  await make('/api/v1/namespaces', { metadata: { name: namespace, labels } });
  await make(`${path}/serviceaccounts`, { metadata: { name: 'default' } }).catch(() => undefined);
  return {
    pods: createPodGateway(cluster.api, { ...cluster.settings, namespace }),
    make: (resource: string, body: object) => make(`${path}/${resource}`, body),
    async [Symbol.asyncDispose]() {
      await cluster.api.json({ method: 'DELETE', path });
    },
  };
}

describe('a gated pod', () => {
  it('is not scheduled before its gate is lifted, and then is', async () => {
    const { plan, name, uid } = await aGatedPod();

    const waiting = await pods.get(name);
    await pods.ensureSecrets(plan, uid);
    const lifted = await pods.liftGate(name, uid);
    const scheduled = await cluster.until(name, (pod) => pod.nodeName !== undefined);

    expect(waiting).toMatchObject({ phase: 'Pending', gated: true, held: true });
    expect(waiting?.nodeName).toBeUndefined();
    expect(lifted).toBe(true);
    expect(scheduled).toMatchObject({ gated: false, scheduledAt: expect.any(String) });
  }, 30_000);

  it('keeps its gate against another uid', async () => {
    const { name } = await aGatedPod();

    const lifted = await pods.liftGate(name, randomUUID());

    expect(lifted).toBe(false);
    expect(await pods.get(name)).toMatchObject({ gated: true });
  });

  it('has its gate lifted twice without harm', async () => {
    const { name, uid } = await aGatedPod();

    const lifted = [await pods.liftGate(name, uid), await pods.liftGate(name, uid)];

    expect(lifted).toEqual([true, true]);
  });

  it('cannot be started when it is not there', async () => {
    expect(await pods.liftGate('orrery-nobody-1', randomUUID())).toBe(false);
  });

  it('is adopted by whoever makes it again', async () => {
    const { plan, uid } = await aGatedPod();

    const again = await pods.createGated(plan);

    if (again.kind === 'refused') throw new Error(again.message);
    expect([again.kind, again.pod.uid]).toEqual(['exists', uid]);
    expect(pods.matches(again.pod, plan)).toBe(true);
  });

  it('is made once by two that make it at the same time', async () => {
    const plan = cluster.aPlan();

    const made = await Promise.all([1, 2, 3, 4].map(() => pods.createGated(plan)));

    expect(made.map(({ kind }) => kind).sort()).toEqual(['created', 'exists', 'exists', 'exists']);
  });

  it('is not taken for ours when it was made from something else', async () => {
    const { plan } = await aGatedPod();
    const other = { ...plan, document: { ...plan.document, name: 'another' } };

    const found = await pods.createGated(other);

    if (found.kind === 'refused') throw new Error(found.message);
    expect(pods.matches(found.pod, other)).toBe(false);
  });
});

describe('a deleted pod', () => {
  it('stays readable until it is released', async () => {
    const { name, uid } = await aGatedPod();

    await pods.delete(name, uid);
    const held = await pods.get(name);
    await pods.release(name, uid);

    expect(held).toMatchObject({ uid, held: true, deletedAt: expect.any(String) });
    expect(await pods.get(name)).toBeUndefined();
  });

  it('is not touched through another uid', async () => {
    const { name } = await aGatedPod();

    await pods.delete(name, randomUUID());
    await pods.release(name, randomUUID());

    const pod = await pods.get(name);
    expect(pod).toMatchObject({ held: true });
    expect(pod?.deletedAt).toBeUndefined();
  });

  it('may be gone already', async () => {
    const { name, uid } = await aGatedPod();
    await pods.delete(name, uid);
    await pods.release(name, uid);

    await expect(pods.delete(name, uid)).resolves.toBeUndefined();
    await expect(pods.release(name, uid)).resolves.toBeUndefined();
  });

  it('keeps gates and finalizers of others', async () => {
    const { name, uid } = await aGatedPod();
    await meddle(name, { metadata: { finalizers: ['example.com/theirs'] } });

    await pods.liftGate(name, uid);
    await pods.release(name, uid);

    const { metadata } = await cluster.raw(name);
    await meddle(name, {
      metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/theirs'] },
    });
    expect(metadata?.finalizers).toEqual(['example.com/theirs']);
  });
});

/** Each is a mount of its own, with a long path. */
const manyVolumes = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `/volume-${index}-${'x'.repeat(100)}`);

describe('a pod that Kubernetes will never take', () => {
  it.each([
    ['an empty image', { executors: [cluster.anExecutor({ image: '' })] }, /image/],
    ['more mounts than the cluster stores', { volumes: manyVolumes(7_000) }, /large/],
    ['more mounts than a message holds', { volumes: manyVolumes(10_000) }, /large/],
    ['more mounts than a request holds', { volumes: manyVolumes(15_000) }, /large|limit/],
  ])('is refused with the reason: %s', async (_what, parts, reason) => {
    const plan = cluster.aPlan({ executors: [cluster.anExecutor({})], ...parts });

    const refusal = await pods.createGated(plan);

    expect(refusal).toEqual({ kind: 'refused', message: expect.stringMatching(reason) });
    expect(await pods.get(podName(plan))).toBeUndefined();
  });
});

describe('trouble of the cluster', () => {
  it('is transient when the namespace is missing, too', async () => {
    const elsewhere = createPodGateway(cluster.api, { ...cluster.settings, namespace: 'nowhere' });

    await expect(elsewhere.createGated(cluster.aPlan())).rejects.toMatchObject({
      name: 'TransientError',
    });
  });

  it('is transient when the credentials are wrong', async () => {
    const server = cluster.config.getCurrentCluster()?.server ?? '';
    const api = createApiClient(aKubeConfig(server));

    const asked = createPodGateway(api, cluster.settings).get('orrery-nobody-1');

    await expect(asked).rejects.toMatchObject({ name: 'TransientError' });
    api.close();
  });

  it('is transient when a quota forbids the pod', async () => {
    await using namespace = await aNamespace({});
    await namespace.make('resourcequotas', {
      metadata: { name: 'none' },
      spec: { hard: { pods: '0' } },
    });

    const made = namespace.pods.createGated(cluster.aPlan());

    await expect(made).rejects.toMatchObject({
      name: 'TransientError',
      userMessage: expect.stringMatching(/quota|status unknown/),
    });
  });
});

describe('pod security', () => {
  it('is kept at the level baseline', async () => {
    await using namespace = await aNamespace({ 'pod-security.kubernetes.io/enforce': 'baseline' });

    const made = await namespace.pods.createGated(cluster.aPlan());

    expect(made.kind).toBe('created');
    if (made.kind === 'refused') return;
    await namespace.pods.delete(made.pod.name, made.pod.uid);
    await namespace.pods.release(made.pod.name, made.pod.uid);
  });
});

describe('nodes', () => {
  it('are known by name, and gone when there is none', async () => {
    const { plan, name, uid } = await aGatedPod();
    await pods.ensureSecrets(plan, uid);
    await pods.liftGate(name, uid);
    const { nodeName = '' } = await cluster.until(name, (pod) => pod.nodeName !== undefined);

    const found = await pods.node(nodeName);

    expect(found).toMatchObject({ name: nodeName, ready: true, outOfService: false });
    expect(await pods.node('nowhere')).toBe('gone');
  }, 30_000);
});
