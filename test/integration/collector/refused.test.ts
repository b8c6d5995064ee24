/** An object that the cluster does not let the collector have. */
import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type CollectorBench, openCollectorBench } from '../../support/collector-bench.ts';
import { until } from '../../support/until.ts';

const LABEL = `orrery.test/protected-${randomBytes(4).toString('hex')}`;
const NAME = LABEL.replaceAll('/', '-');
const POLICIES = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
const BINDINGS = `${POLICIES.slice(0, -'policies'.length)}policybindings`;

let bench: CollectorBench;

/** Forbids to delete what has the label, as an administrator's policy does. */
async function forbidDeletes(): Promise<void> {
  const { api } = bench.cluster;
  await api.json({
    method: 'POST',
    path: POLICIES,
    body: {
      metadata: { name: NAME },
      spec: {
        matchConstraints: {
          objectSelector: { matchLabels: { [LABEL]: '' } },
          resourceRules: [
            { apiGroups: [''], apiVersions: ['v1'], operations: ['DELETE'], resources: ['pods'] },
          ],
        },
        validations: [{ expression: 'false', reason: 'Forbidden' }],
      },
    },
  });
  await api.json({
    method: 'POST',
    path: BINDINGS,
    body: { metadata: { name: NAME }, spec: { policyName: NAME, validationActions: ['Deny'] } },
  });
}

async function allowDeletes(): Promise<void> {
  for (const path of [POLICIES, BINDINGS]) {
    await bench.cluster.api.json({ method: 'DELETE', path: `${path}/${NAME}` });
  }
}

/** Without deleting it. */
async function mayBeDeleted(name: string): Promise<boolean> {
  const path = `${bench.cluster.path}/pods/${name}`;
  const asked = bench.cluster.api.json({ method: 'DELETE', path, query: { dryRun: 'All' } });
  return asked.then(
    () => true,
    () => false,
  );
}

beforeAll(async () => {
  bench = await openCollectorBench();
});

afterAll(() => bench.close());

describe('a pod that a policy protects', () => {
  it('stays, and keeps no other orphan', async () => {
    const protectedPod = await bench.aPod();
    const other = await bench.aPod();
    await bench.cluster.api.json({
      method: 'PATCH',
      path: `${bench.cluster.path}/pods/${protectedPod.name}`,
      body: { metadata: { labels: { [LABEL]: '' } } },
      contentType: 'application/merge-patch+json',
    });
    await forbidDeletes();
    await until(async () => !(await mayBeDeleted(protectedPod.name)), {
      what: 'the policy is in force',
      withinMs: 30_000,
    });

    const { outcomes } = await bench.collect();

    expect(outcomes).toEqual(['passed', 'done']);
    await expect(bench.cluster.pods.get(other.name)).resolves.toBeUndefined();
    await expect(bench.cluster.pods.get(protectedPod.name)).resolves.toMatchObject({
      uid: protectedPod.uid,
    });
    await allowDeletes();
    await until(() => mayBeDeleted(protectedPod.name), {
      what: 'the policy is gone',
      withinMs: 30_000,
    });
    await expect(bench.collect()).resolves.toMatchObject({ outcomes: ['done'] });
  }, 120_000);
});
