/** The activities over the engines of this process. */
import { type Activities, type ActivityPorts, createActivities } from '../../activities/index.ts';
import { createWorkerActivities } from '../../activities/worker-activities.ts';
import type { Config } from '../config/config.ts';
import { type TellRefusal, withRefusalsTold } from '../kubernetes/reported-refusals.ts';
import type { Engines } from './engines.ts';
import { createTaskPods } from './task-pods.ts';

/** How long a bug of ours may keep a task waiting for its repair. */
const FAULT_PATIENCE_MS = 60 * 60_000;

/** The steps themselves, as the controller takes them for tasks whose workflow is closed. */
export function createTaskActivities(engines: Engines, installation: string): Activities {
  return createActivities(toPorts(engines, installation));
}

/** The same steps with their retries, as a worker runs them for workflows. */
export function createTaskWorkerActivities(engines: Engines, installation: string): Activities {
  return createWorkerActivities({
    ...toPorts(engines, installation),
    logger: engines.logger,
    faultPatienceMs: FAULT_PATIENCE_MS,
  });
}

function toPorts(engines: Engines, installation: string): ActivityPorts {
  const { config, store } = engines;
  // The refusal itself is what counts for the task; a database that does not answer must not hide it.
  const tell: TellRefusal = (taskId, refusal) =>
    store.refusals.recordRefusal(taskId, refusal).catch((error: unknown) => {
      engines.logger.warn({ err: error, taskId }, 'refusal by Kubernetes not recorded');
    });
  return {
    installation,
    attempts: store.attempts,
    pods: withRefusalsTold(createTaskPods(engines), tell),
    rules: toAttemptRules(config),
  };
}

function toAttemptRules({ deadlines, retry, pods }: Config) {
  return {
    deadlines,
    retry,
    patienceMs: deadlines.patienceMs,
    nodeLostMs: deadlines.nodeLostMs,
    graceMs: pods.graceSeconds * 1000,
    defaultRamGb: pods.defaults.ramGb,
    defaultDiskGb: pods.defaults.diskGb,
  };
}
