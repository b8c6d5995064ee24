/** The port for probes and Prometheus in a process without the api role. */
import { buildHealthApp } from '../api/health-app.ts';
import type { Engines } from './engines.ts';
import { createGauges } from './gauges.ts';
import type { Role } from './role.ts';

/** Listens when a port is configured; the API's own port has the same. */
export async function startHealthServer(
  engines: Engines,
  roles: readonly Role[],
): Promise<{ readonly url: string; stop(): Promise<void> } | undefined> {
  const { config, logger } = engines;
  const { healthPort: port } = config.observation;
  if (port === undefined) return undefined;
  const app = buildHealthApp({
    checks: roles.flatMap((role) => role.checks),
    gauges: createGauges(engines),
    logger,
  });
  const url = await app.listen({ host: config.api.host, port });
  return { url, stop: () => app.close() };
}
