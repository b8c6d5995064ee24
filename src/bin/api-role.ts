/** The api role: HTTP. */
import { readFile, stat } from 'node:fs/promises';

import { v7 as uuid } from 'uuid';

import { buildApp } from '../api/app.ts';
import { type Release, toApiSettings } from '../api/settings.ts';
import { createStartQueue } from '../api/start-queue.ts';
import { createVerifier } from '../auth/verifier.ts';
import { createToolRegistry } from '../trs/tool-registry.ts';
import type { Engines } from './engines.ts';
import { createGauges } from './gauges.ts';
import type { Role } from './role.ts';

/** A client waits for its answer meanwhile. */
const TOOL_LIMITS = { timeoutMs: 5_000, maxBytes: 1024 * 1024 };

/** Listens; the checks of the other roles in this process are answered at `/readyz` too. */
export async function startApiRole(
  engines: Engines,
  others: readonly Role[],
): Promise<Role & { url: string }> {
  const { config, launcher, logger, store } = engines;
  const checks: Role['checks'] = [
    {
      role: 'api',
      check: async () => {
        await engines.pingPostgres();
        return undefined;
      },
    },
  ];
  const app = buildApp({
    settings: toApiSettings(config, await ownRelease(engines)),
    tasks: store.tasks,
    startQueue: createStartQueue({ outbox: store.outbox, wakes: store.wakes, launcher, logger }),
    verifier: createVerifier(config.auth),
    tools: createToolRegistry({ ...config.toolRegistries, ...TOOL_LIMITS }),
    logger,
    checks: [...checks, ...others.flatMap((role) => role.checks)],
    gauges: createGauges(engines),
    newId: () => uuid(),
  });
  const url = await app.listen({ host: config.api.host, port: config.api.port });
  return { url, checks, stop: () => app.close() };
}

/** Installing a version writes its package.json, so that its time is when the service last changed. */
async function ownRelease({ store }: Engines): Promise<Release> {
  const file = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string };
  const createdAt = await store.installation.createdAt();
  const { mtimeMs } = await stat(file);
  return {
    version,
    createdAt: createdAt.toISOString(),
    updatedAt: new Date(Math.max(mtimeMs, createdAt.getTime())).toISOString(),
  };
}
