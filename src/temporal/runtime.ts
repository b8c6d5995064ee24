/** Temporal's native runtime inside our process: its logs go to our logger, signals stay ours. */
import { Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';

/** Installs the runtime once a process, before the first worker or native connection. */
export function installTemporalRuntime(logger: Logger): void {
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
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'WARN' }, forward: {} } },
  });
}
