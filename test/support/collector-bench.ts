/** The collector on a real database, a real cluster and a real Temporal. */
import { pino } from 'pino';

import { createClosedWorkflowEnder } from '../../src/controller/closed-workflows.ts';
import type { Outcome } from '../../src/controller/collector-acts.ts';
import type { CollectorPorts } from '../../src/controller/collector-ports.ts';
import { collectOnce, type Round, type RoundResult } from '../../src/controller/collector-round.ts';
import { createPodList } from '../../src/kubernetes/own-objects.ts';
import type { PodPlan } from '../../src/kubernetes/ports.ts';
import { createTemporalClient } from '../../src/temporal/client.ts';
import { createWorkflowDescriber } from '../../src/temporal/describer.ts';
import type { PodObservation } from '../../src/tes/observation.ts';
import { type ActivityBench, openActivityBench } from './activity-bench.ts';
import { environment } from './test-environment.ts';

/** What one test acts on; everything is its own. */
export interface CollectorBench extends ActivityBench {
  /** The collector's ports two minutes from now, so that every pod is old enough; `steps` replaces some. */
  ports(steps?: Partial<CollectorPorts>): CollectorPorts;
  /** One round. */
  collect(steps?: Partial<CollectorPorts>, round?: Partial<Round>): Promise<Collected>;
  /** A gated pod, as a worker that is killed right afterwards leaves it. */
  aPod(plan?: Partial<PodPlan>): Promise<PodObservation>;
  /** Sets the settlement of a task's attempts back in time. */
  settleLongAgo(taskId: string): Promise<void>;
  /** An open workflow that nobody works on. */
  openWorkflow(taskId: string): Promise<void>;
  closeWorkflow(taskId: string): Promise<void>;
}

/** What a round did. */
export interface Collected extends RoundResult {
  readonly outcomes: readonly Outcome[];
}

const LATER_MS = 120_000;
const logger = pino({ level: 'silent' });

/** Opens a fresh database, an installation of its own and a client of Temporal. */
export async function openCollectorBench(): Promise<CollectorBench> {
  const bench = await openActivityBench();
  const { store, cluster } = bench;
  const { namespace } = cluster.settings;
  const temporal = createTemporalClient({
    address: environment('TEMPORAL_ADDRESS'),
    namespace: 'default',
    taskQueue: cluster.installation,
  });

  function ports(steps: Partial<CollectorPorts> = {}): CollectorPorts {
    const { removePod, settleAttempt } = bench.worker();
    const acts = { attempts: store.attempts, removePod, settleAttempt, logger };
    return {
      ...acts,
      list: createPodList(cluster.api, { namespace, installation: cluster.installation }),
      pods: cluster.pods,
      rows: store.collector,
      workflows: createWorkflowDescriber(temporal.client),
      endClosed: createClosedWorkflowEnder(acts),
      recognise: () => Promise.resolve(),
      fence: { check: () => Promise.resolve() },
      now: () => Date.now() + LATER_MS,
      ...steps,
    };
  }

  return {
    ...bench,
    ports,
    async collect(steps, round) {
      const outcomes: Outcome[] = [];
      const result = await collectOnce(ports(steps), {
        suspects: [],
        beyondStop: false,
        onOutcome: (_, outcome) => outcomes.push(outcome),
        ...round,
      });
      return { ...result, outcomes };
    },
    async aPod(plan) {
      const made = await cluster.pods.createGated({ ...cluster.aPlan(), ...plan });
      if (made.kind === 'refused') throw new Error(made.message);
      return made.pod;
    },
    async settleLongAgo(taskId) {
      const text = "update attempts set settled_at = now() - interval '1 hour' where task_id = $1";
      await store.rows(text, [taskId]);
    },
    async openWorkflow(taskId) {
      await temporal.client.workflow.start('nobody', {
        workflowId: taskId,
        taskQueue: cluster.installation,
      });
    },
    async closeWorkflow(taskId) {
      await temporal.client.workflow.getHandle(taskId).terminate('by a test');
    },
    async close() {
      await bench.close();
      await temporal.close();
    },
  };
}
