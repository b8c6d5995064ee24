/** The api role: HTTP. */
import { readFile } from 'node:fs/promises';

import { v7 as uuid } from 'uuid';

import { buildApp } from '../api/app.ts';
import { toApiSettings } from '../api/settings.ts';
import { createStartQueue } from '../api/start-queue.ts';
import { createVerifier } from '../auth/verifier.ts';
import { createTaskLauncher } from '../temporal/launcher.ts';
import type { Engines } from './engines.ts';
import { createGauges } from './gauges.ts';
import type { Role } from './role.ts';

/** Listens; the checks of the other roles in this process are answered at `/readyz` too. */
export async function startApiRole(
  engines: Engines,
  others: readonly Role[],
): Promise<Role & { url: string }> {
  const { config, logger, store, temporal } = engines;
  const checks: Role['checks'] = [
    {
      role: 'api',
      check: async () => {
        await engines.pingPostgres();
        return undefined;
      },
    },
  ];
  const launcher = createTaskLauncher(temporal, config.temporal.taskQueue);
  const app = buildApp({
    settings: toApiSettings(config, await ownVersion()),
    tasks: store.tasks,
    startQueue: createStartQueue({ outbox: store.outbox, launcher, logger }),
    verifier: createVerifier(config.auth),
    logger,
    checks: [...checks, ...others.flatMap((role) => role.checks)],
    gauges: createGauges(engines),
    newId: () => uuid(),
  });
  const url = await app.listen({ host: config.api.host, port: config.api.port });
  return { url, checks, stop: () => app.close() };
}

async function ownVersion(): Promise<string> {
  const file = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}
