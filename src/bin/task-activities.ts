/** The activities over the engines of this process. */
import { type Activities, createActivities } from '../../activities/index.ts';
import type { Config } from '../config/config.ts';
import { createPodGateway } from '../kubernetes/pods.ts';
import type { Engines } from './engines.ts';

/** Wires the activities; the worker runs them for workflows, the controller for tasks whose workflow is closed. */
export function createTaskActivities(engines: Engines, installation: string): Activities {
  const { config, store } = engines;
  const settings = { ...config.pods, namespace: config.kubernetes.namespace };
  return createActivities({
    installation,
    attempts: store.attempts,
    pods: createPodGateway(engines.kubernetes(), settings),
    rules: toAttemptRules(config),
  });
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
