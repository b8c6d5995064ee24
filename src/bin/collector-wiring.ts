/** The collector over the engines of this process. */
import { createClosedWorkflowEnder } from '../controller/closed-workflows.ts';
import type { CollectorPorts } from '../controller/collector-ports.ts';
import { createPodList } from '../kubernetes/own-objects.ts';
import type { Fence } from '../store/ports.ts';
import { createWorkflowDescriber } from '../temporal/describer.ts';
import { compareEngines } from './engine-identity.ts';
import type { Engines } from './engines.ts';
import { createTaskActivities } from './task-activities.ts';
import { createTaskPods } from './task-pods.ts';

/** Whose objects are collected, and who may. */
export interface Collecting {
  readonly installation: string;
  readonly fence: Pick<Fence, 'check'>;
}

/** Wires the collector for the controller, and for the administrator's commands. */
export function wireCollector(
  engines: Engines,
  { installation, fence }: Collecting,
): CollectorPorts {
  const { config, logger, store, temporal } = engines;
  const { namespace } = config.kubernetes;
  const { removePod, settleAttempt } = createTaskActivities(engines, installation);
  const steps = { attempts: store.attempts, removePod, settleAttempt, logger };
  return {
    ...steps,
    list: createPodList(engines.kubernetes(), { namespace, installation }),
    pods: createTaskPods(engines),
    rows: store.collector,
    workflows: createWorkflowDescriber(temporal),
    endClosed: createClosedWorkflowEnder(steps),
    recognise: () => compareEngines(engines),
    fence,
    now: () => Date.now(),
  };
}
