/** Pods that a kubelet turns away, as the real one says it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuid } from 'uuid';

import type { Node } from '../../../src/kubernetes/objects.ts';
import { observePod } from '../../../src/kubernetes/pod-status.ts';
import { hasEnded } from '../../../src/tes/proven-dead.ts';
import { openTestCluster, type TestCluster } from '../../support/cluster.ts';

let cluster: TestCluster;

beforeAll(() => {
  cluster = openTestCluster();
});

afterAll(() => cluster.close());

/** A pod that the scheduler never saw, bound to that node. */
async function bind(nodeName: string, nodeSelector?: Record<string, string>): Promise<string> {
  const name = `turned-away-${uuid()}`;
  const { image } = cluster.anExecutor({});
  await cluster.api.json({
    method: 'POST',
    path: `${cluster.path}/pods`,
    body: {
      metadata: { name, labels: { 'orrery.dev/installation': cluster.installation } },
      spec: {
        nodeName,
        ...(nodeSelector && { nodeSelector }),
        containers: [{ name: 'inputs', image, command: ['true'] }],
      },
    },
  });
  return name;
}

describe('a pod that is Failed without any container status', () => {
  it('is proven dead when the kubelet turned it away, and the kubelet says so itself', async () => {
    const { items } = await cluster.api.json<{ items: Node[] }>({
      method: 'GET',
      path: '/api/v1/nodes',
    });
    const node = items[0]?.metadata?.name ?? '';
    const name = await bind(node, { 'orrery.test/no-such-node': 'true' });
    const pod = await cluster.until(name, ({ phase }) => phase === 'Failed');

    expect(pod).toMatchObject({
      reason: 'NodeAffinity',
      phaseFromKubelet: true,
      containers: [{ state: { kind: 'none' } }],
    });
    expect(hasEnded(pod)).toBe(true);
  }, 60_000);

  it('is not, when anybody else wrote that', async () => {
    const name = await bind('a-node-that-went-silent');
    await cluster.api.json({
      method: 'PATCH',
      path: `${cluster.path}/pods/${name}/status`,
      body: { status: { phase: 'Failed', reason: 'NodeAffinity' } },
      contentType: 'application/merge-patch+json',
    });
    const pod = observePod(await cluster.raw(name));

    expect(pod).toMatchObject({ phase: 'Failed', reason: 'NodeAffinity' });
    expect(hasEnded(pod)).toBe(false);
  }, 60_000);
});
