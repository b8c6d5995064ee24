/** `orrery serve`: the roles of this process, from start to graceful stop. */
import { Command, InvalidArgumentError } from 'commander';

import { maskedConfig } from '../../config/describe.ts';
import { loadConfig } from '../../config/load.ts';
import { migrate } from '../../store/migrate.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { measureProcess } from '../../telemetry/metrics.ts';
import { installTemporalRuntime } from '../../temporal/runtime.ts';
import { startApiRole } from '../api-role.ts';
import { startControllerRole } from '../controller-role.ts';
import { createEngines } from '../engines.ts';
import { startHealthServer } from '../health-server.ts';
import type { Role } from '../role.ts';
import { stopOnSignal } from '../stop-on-signal.ts';
import { startWorkerRole } from '../worker-role.ts';

const ROLES = ['api', 'worker', 'controller'] as const;

type RoleName = (typeof ROLES)[number];

function parseRoles(text: string): RoleName[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !ROLES.some((role) => role === name));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`"${unknown}" is no role; choose from ${ROLES.join(', ')}.`);
  }
  return names as RoleName[];
}

async function serve(options: { roles: RoleName[]; printConfig?: boolean }): Promise<void> {
  const config = loadConfig();
  if (options.printConfig) {
    console.log(JSON.stringify(maskedConfig(config), null, 2));
    return;
  }
  const logger = createLogger({ level: config.log.level, role: options.roles.join(',') });
  const has = (role: RoleName): boolean => options.roles.includes(role);

  await migrate(config.postgres.url, logger);
  if (has('worker')) installTemporalRuntime(logger, config.temporal.metricsAddress);
  if (config.observation.metrics) measureProcess();
  const engines = createEngines(config, logger);
  const behind: Role[] = [
    ...(has('worker') ? [startWorkerRole(engines)] : []),
    ...(has('controller') ? [startControllerRole(engines)] : []),
  ];
  const http = has('api')
    ? await startApiRole(engines, behind)
    : await startHealthServer(engines, behind);
  logger.info({ roles: options.roles, url: http?.url }, 'orrery serves');

  stopOnSignal(logger, async () => {
    if (has('api')) await http?.stop();
    await Promise.all(behind.map((role) => role.stop()));
    if (!has('api')) await http?.stop();
    await engines.close();
  });
}

/** The command. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('Serves the GA4GH Task Execution Service; settings are ORRERY_ variables.')
    .option('--roles <list>', 'comma-separated: api, worker, controller', parseRoles, [...ROLES])
    .option('--print-config', 'print the settings in force, secrets masked, and exit')
    .action(serve);
}
