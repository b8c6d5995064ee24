/** Temporal's native runtime inside our process: its logs go to our logger, signals stay ours. */
import { Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';

/**
 * Installs the runtime once a process, before the first worker or native connection. With an address the SDK's own
 * metrics are given to Prometheus there; throws when it cannot listen on it.
 */
export function installTemporalRuntime(logger: Logger, metricsAddress?: string): void {
  const write =
    (level: 'trace' | 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, meta?: Record<string, unknown>) => {
      logger[level](meta ?? {}, message);
    };
  Runtime.install({
    shutdownSignals: [],
    logger: {
      log: (level, message, meta) => {
        write(level.toLowerCase() as 'info')(message, meta);
      },
      trace: write('trace'),
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
    },
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'WARN' }, forward: {} },
      ...(metricsAddress !== undefined && {
        metrics: {
          prometheus: {
            bindAddress: metricsAddress,
            unitSuffix: true,
            useSecondsForDurations: true,
          },
        },
      }),
    },
  });
}
