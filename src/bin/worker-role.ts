/** The worker role: workflows and activities. */
import { hostname } from 'node:os';

import { startLoop } from '../controller/loop.ts';
import { createTaskWorker } from '../temporal/worker.ts';
import { recogniseEngines } from './engine-identity.ts';
import type { Engines } from './engines.ts';
import type { Role } from './role.ts';
import { createTaskWorkerActivities } from './task-activities.ts';

/** Runs a worker for ever: without Temporal at start, or after it was lost for good, it connects anew. */
export function startWorkerRole(engines: Engines): Role {
  const { config, logger, store } = engines;
  let stopWorker = (): void => undefined;
  let trouble: string | undefined = 'The worker is connecting to Temporal.';

  const loop = startLoop({
    name: 'worker',
    logger,
    pauseMs: 1_000,
    longestPauseMs: 15_000,
    round: async () => {
      try {
        await recogniseEngines(engines);
        const { worker, close } = await createTaskWorker(config.temporal, {
          activities: createTaskWorkerActivities(engines, await store.installation.id()),
          identity: `${process.pid}@${hostname()}`,
          maxCachedWorkflows: config.temporal.workflowCache,
        });
        stopWorker = () => {
          worker.shutdown();
        };
        trouble = undefined;
        await worker.run().finally(close);
      } finally {
        stopWorker = () => undefined;
        trouble = 'The worker has no connection to Temporal or Kubernetes; see the log.';
      }
      return false;
    },
  });

  return {
    checks: [{ role: 'worker', check: () => Promise.resolve(trouble) }],
    async stop() {
      stopWorker();
      await loop.stop();
    },
  };
}
