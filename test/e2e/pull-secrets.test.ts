/** Images of a registry that asks for a password, by the names that tasks can have for them. */
import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { busyboxPath } from '../../deploy/local/images/demo-images.ts';
import { buildImage } from '../../deploy/local/images/image.ts';
import { programFiles } from '../../deploy/local/images/shared-libraries.ts';
import { openTestCluster } from '../support/cluster.ts';
import { openPrivateRegistry, type PrivateRegistry } from '../support/private-registry.ts';
import { startSystem, type System } from '../support/system.ts';

const NAME = `test-${randomBytes(4).toString('hex')}`;
const cluster = openTestCluster();
let withSecret: System;
let without: System;
let registry: PrivateRegistry;

beforeAll(async () => {
  // An image of its own: a kubelet asks for the password wherever the same content is used, under any name.
  const { archive } = buildImage({
    name: 'orrery.local/private',
    layers: [{ files: await programFiles('/bin/busybox', busyboxPath()) }],
    env: ['PATH=/bin', 'PRIVATE=yes'],
  });
  registry = await openPrivateRegistry(archive, { username: 'reader', password: 'sesame' });
  const auths = { [registry.host]: registry.login };
  await cluster.api.json({
    method: 'POST',
    path: `${cluster.path}/secrets`,
    body: {
      metadata: { name: NAME },
      type: 'kubernetes.io/dockerconfigjson',
      stringData: { '.dockerconfigjson': JSON.stringify({ auths }) },
    },
  });
  const settings = { ORRERY_MAX_ATTEMPTS: '1', ORRERY_PULL_TROUBLE_SECONDS: '3' };
  without = await startSystem({ name: 'without', settings });
  withSecret = await startSystem({
    name: 'with',
    settings: {
      ...settings,
      ORRERY_IMAGE_PULL_SECRETS: `${registry.host}=${NAME}`,
      ORRERY_IMAGE_DEFAULT_REGISTRY: registry.host,
    },
  });
}, 120_000);

afterAll(async () => {
  await withSecret.stop();
  await without.stop();
  await registry.close();
  await cluster.api.json({ method: 'DELETE', path: `${cluster.path}/secrets/${NAME}` });
  await cluster.close();
}, 60_000);

// In this order, because an image that was pulled once is on the node; in reach of the private cluster's node only.
describe('an image of a registry that asks for a password', () => {
  const task = (image = registry.image) => ({
    executors: [{ image, command: ['busybox', 'echo', 'it', 'runs'] }],
  });

  async function expectToRun(image: string, reference: string): Promise<void> {
    const id = await withSecret.submit(task(image));
    const ended = await withSecret.ends(id, 'COMPLETE');
    expect(ended.logs?.[0]?.logs[0]?.stdout).toBe('it runs\n');
    expect(ended.logs?.[0]?.metadata).toMatchObject({
      'executor-0.image': reference,
      'executor-0.image_id': expect.stringContaining(registry.digest),
    });
  }

  it('ends a task without a pull Secret with a sentence that says so, and no password in it', async () => {
    const id = await without.submit(task());
    const ended = await without.ends(id, 'SYSTEM_ERROR');
    const lines = ended.logs?.[0]?.system_logs ?? [];
    expect(lines.at(-1)).toMatch(/private:1.*(pull secret|credentials|401|authoriz)/i);
    expect(JSON.stringify(ended)).not.toContain('sesame');
    expect(registry.refusals()).toBeGreaterThan(0);
  }, 120_000);

  it('is pulled by its digest alone, with the Secret that the operator named for its registry', async () => {
    const reference = `${registry.host}/private@${registry.digest}`;
    await expectToRun(reference, reference);
    expect(new Set(registry.handedOut())).toEqual(new Set([registry.digest]));
  }, 120_000);

  it('is pulled from the default registry by a name that has none', async () => {
    await expectToRun('private:1', registry.image);
    expect(registry.handedOut()).toContain('1');
  }, 120_000);

  it('is found by a short name with tag and digest, and by its whole name', async () => {
    const pinned = `private:1@${registry.digest}`;
    await expectToRun(pinned, `${registry.host}/${pinned}`);
    await expectToRun(registry.image, registry.image);
  }, 120_000);

  it('is refused to a digest that the registry has not, with a sentence that names it', async () => {
    const unknown = `private@sha256:${'0'.repeat(64)}`;
    const id = await withSecret.submit(task(unknown));
    const ended = await withSecret.ends(id, 'SYSTEM_ERROR');
    expect(ended.logs?.[0]?.system_logs?.at(-1)).toContain(unknown);
  }, 120_000);
});
