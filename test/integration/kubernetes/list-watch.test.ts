import { afterAll, describe, expect, it } from '@jest/globals';

import { createApiClient } from '../../../src/kubernetes/api-client.ts';
import { createPodWatch } from '../../../src/kubernetes/list-watch.ts';
import { podName } from '../../../src/tes/attempt.ts';
import { openTestCluster } from '../../support/cluster.ts';
import { startCutOffProxy } from '../../support/cut-off-proxy.ts';
import { configVia } from '../../support/kube-config-via.ts';

const cluster = openTestCluster();
const { pods } = cluster;

afterAll(() => cluster.close());

async function createPod(): Promise<{ name: string; uid: string }> {
  const made = await pods.createGated(cluster.aPlan());
  if (made.kind === 'refused') throw new Error(made.message);
  return made.pod;
}

/** A watch through a proxy, and promises of what it tells. */
async function watchThroughProxy() {
  const proxy = await startCutOffProxy(cluster.config.getCurrentCluster()?.server ?? '');
  const api = createApiClient(configVia(cluster.config, proxy.origin));
  const heard: string[] = [];
  const waiting = new Map<string, () => void>();
  const tell = (line: string) => {
    heard.push(line);
    waiting.get(line)?.();
  };
  let lists = 0;
  const watch = createPodWatch(
    api,
    { namespace: cluster.settings.namespace, installation: cluster.installation },
    { log: { warn: () => undefined }, times: { silenceMs: 3_000 } },
  );
  await watch.start({
    onPod: (pod) => {
      tell(`pod ${pod.name}`);
    },
    onPodGone: (pod) => {
      tell(`gone ${pod.name}`);
    },
    onNode: (node) => {
      tell(`node ${node.name}`);
    },
    onNodeGone: () => undefined,
    onPodsListed: () => {
      lists++;
      tell(`list ${lists}`);
    },
    onNodesListed: (names) => {
      tell(`${names.size} nodes`);
    },
  });
  return {
    proxy,
    heard,
    hear: (line: string): Promise<void> =>
      heard.includes(line)
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.set(line, resolve);
          }),
    async [Symbol.asyncDispose]() {
      await watch.stop();
      api.close();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

describe('createPodWatch on a real cluster', () => {
  it('tells of pods that were there, that come and that go, and of nodes', async () => {
    const there = await createPod();
    await using watch = await watchThroughProxy();

    const coming = await createPod();
    await watch.hear(`pod ${coming.name}`);
    await pods.delete(coming.name, coming.uid);
    await pods.release(coming.name, coming.uid);
    await watch.hear(`gone ${coming.name}`);

    expect(watch.heard.indexOf(`pod ${there.name}`)).toBeLessThan(watch.heard.indexOf('list 1'));
    expect(watch.heard).toContainEqual(expect.stringMatching(/^node ./));
    expect(watch.heard).toContainEqual(expect.stringMatching(/^[1-9]\d* nodes$/));
  }, 20_000);

  it('tells nothing of pods of other installations', async () => {
    await using watch = await watchThroughProxy();
    const foreign = { ...cluster.aPlan(), installation: 'another' };
    const made = await pods.createGated(foreign);
    if (made.kind === 'refused') throw new Error(made.message);

    const ours = await createPod();
    await watch.hear(`pod ${ours.name}`);

    await pods.delete(made.pod.name, made.pod.uid);
    await pods.release(made.pod.name, made.pod.uid);
    expect(watch.heard).not.toContain(`pod ${podName(foreign)}`);
  }, 20_000);

  it.each(['cut', 'freeze'] as const)(
    'lists anew when its connections are lost: %s',
    async (how) => {
      await using watch = await watchThroughProxy();

      const seen = await createPod();
      await watch.hear(`pod ${seen.name}`);
      watch.proxy[how]();
      const missed = await createPod();
      await watch.hear(`pod ${missed.name}`);
      await watch.hear('list 2');

      expect(watch.heard).toContain('list 2');
    },
    40_000,
  );
});
