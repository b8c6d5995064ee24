/** Images that cannot be had. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { startSystem, type System } from '../support/system.ts';

let system: System;
let registry: Server;
let ids: { readonly noHost: string; readonly notFound: string };

beforeAll(async () => {
  system = await startSystem({
    settings: {
      ORRERY_PULL_TROUBLE_SECONDS: '3',
      ORRERY_RETRY_BACKOFF_SECONDS: '1',
      ORRERY_MAX_ATTEMPTS: '2',
    },
  });
  registry = createServer((_, response) => {
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}');
  });
  registry.listen(0, '127.0.0.1');
  await once(registry, 'listening');
  const { port } = registry.address() as AddressInfo;

  const submit = (image: string): Promise<string> =>
    system.submit({ executors: [{ image, command: ['true'] }] });
  ids = {
    noHost: await submit('registry.invalid/none:1'),
    notFound: await submit(`127.0.0.1:${port}/none:1`),
  };
}, 120_000);

afterAll(async () => {
  registry.close();
  await system.stop();
}, 60_000);

describe('an image', () => {
  // The registry of this test is in reach of the private cluster's node only: elsewhere it does not answer.
  it('that its registry does not know ends the task at the first attempt, with the reason', async () => {
    const task = await system.ends(ids.notFound, 'SYSTEM_ERROR');
    expect(task.logs).toHaveLength(1);
    expect(task.logs?.[0]?.system_logs?.at(-1)).toMatch(/none:1.*does not exist in its registry/);
  }, 180_000);

  it('of a registry out of reach is tried again, and ends the task within two minutes with the reason', async () => {
    const task = await system.ends(ids.noHost, 'SYSTEM_ERROR');
    expect(task.logs).toHaveLength(2);
    expect(task.logs?.at(-1)?.system_logs?.at(-1)).toMatch(
      /registry\.invalid\/none:1.*could not be pulled.*no such host/,
    );
    const took =
      Date.parse(task.logs?.at(-1)?.end_time ?? '') - Date.parse(task.creation_time ?? '');
    expect(took).toBeLessThan(120_000);
  }, 180_000);
});

describe('the cluster', () => {
  it('holds nothing of tasks without an image', async () => {
    await expect(system.leftovers()).resolves.toEqual([]);
  }, 90_000);
});
