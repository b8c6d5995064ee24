import { randomBytes } from 'node:crypto';

import { afterAll, describe, expect, it } from '@jest/globals';

import type { Secret } from '../../../src/kubernetes/objects.ts';
import { buildSpecSecrets } from '../../../src/kubernetes/pod/secrets.ts';
import type { PodPlan } from '../../../src/kubernetes/ports.ts';
import { openTestCluster } from '../../support/cluster.ts';

const cluster = openTestCluster();
const { pods } = cluster;

afterAll(() => cluster.close());

async function aPod(document = cluster.aPlan().document) {
  const plan = cluster.aPlan(document);
  const made = await pods.createGated(plan);
  if (made.kind === 'refused') throw new Error(made.message);
  return { plan, uid: made.pod.uid };
}

function secretsOf(plan: PodPlan, uid: string): Promise<Secret[]> {
  return Promise.all(
    buildSpecSecrets(plan, cluster.settings, uid).map((secret) =>
      cluster.api.json<Secret>({
        method: 'GET',
        path: `${cluster.path}/secrets/${secret.metadata?.name ?? ''}`,
      }),
    ),
  );
}

describe('ensureSecrets', () => {
  it('makes every part of a large specification', async () => {
    const { plan, uid } = await aPod({
      executors: [cluster.anExecutor({})],
      inputs: [{ path: '/in', content: randomBytes(900_000).toString('hex'), type: 'FILE' }],
    });

    const outcome = await pods.ensureSecrets(plan, uid);

    const secrets = await secretsOf(plan, uid);
    expect(outcome).toEqual({ kind: 'ready' });
    expect(secrets.length).toBeGreaterThan(1);
    expect(secrets.map(({ data }) => data)).toEqual(
      buildSpecSecrets(plan, cluster.settings, uid).map(({ data }) => data),
    );
  }, 20_000);

  it('leaves those that are right alone', async () => {
    const { plan, uid } = await aPod();
    await pods.ensureSecrets(plan, uid);
    const [before] = await secretsOf(plan, uid);

    await pods.ensureSecrets(plan, uid);

    const [after] = await secretsOf(plan, uid);
    expect(after?.metadata?.uid).toBe(before?.metadata?.uid);
  });

  it('remakes those of another pod', async () => {
    const { plan, uid } = await aPod();
    const other = await aPod();
    await pods.ensureSecrets(plan, other.uid);

    await pods.ensureSecrets(plan, uid);

    const [secret] = await secretsOf(plan, uid);
    expect(secret?.metadata?.ownerReferences?.map((owner) => owner.uid)).toEqual([uid]);
  });

  it('remakes those of another document', async () => {
    const { plan, uid } = await aPod();
    await pods.ensureSecrets({ ...plan, document: { ...plan.document, volumes: ['/other'] } }, uid);

    await pods.ensureSecrets(plan, uid);

    const [secret] = await secretsOf(plan, uid);
    const [wanted] = buildSpecSecrets(plan, cluster.settings, uid);
    expect(secret?.data).toEqual(wanted?.data);
  });

  it('makes them once when several do it at the same time', async () => {
    const { plan, uid } = await aPod();

    const outcomes = await Promise.all([1, 2, 3].map(() => pods.ensureSecrets(plan, uid)));

    expect(outcomes).toEqual(Array(3).fill({ kind: 'ready' }));
  });
});
