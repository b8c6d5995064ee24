/** The worker role: workflows and activities. */
import { hostname } from 'node:os';

import { createActivities } from '../../activities/index.ts';
import type { Config } from '../config/config.ts';
import { startLoop } from '../controller/loop.ts';
import { createPodGateway } from '../kubernetes/pods.ts';
import { createTaskWorker } from '../temporal/worker.ts';
import { recogniseEngines } from './engine-identity.ts';
import type { Engines } from './engines.ts';
import type { Role } from './role.ts';

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
          activities: createActivities({
            installation: await store.installation.id(),
            attempts: store.attempts,
            pods: createPodGateway(engines.kubernetes(), toPodSettings(config)),
            rules: toAttemptRules(config),
          }),
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

function toPodSettings(config: Config) {
  return { ...config.pods, namespace: config.kubernetes.namespace };
}

function toAttemptRules({ deadlines, retry, pods }: Config) {
  return {
    deadlines,
    retry,
    patienceMs: deadlines.patienceMs,
    nodeLostMs: deadlines.nodeLostMs,
    graceMs: pods.graceSeconds * 1000,
    defaultRamGb: pods.defaults.ramGb,
  };
}
