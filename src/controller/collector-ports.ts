/** What the collector looks at and acts on. */
import type { Logger } from 'pino';

import type { PodList } from '../kubernetes/list-ports.ts';
import type { PodGateway } from '../kubernetes/ports.ts';
import type { CollectorStore } from '../store/collect-ports.ts';
import type { AttemptStore, Fence } from '../store/ports.ts';
import type { WorkflowDescriber } from '../temporal/describer.ts';
import type { ClosedWorkflowPorts } from './closed-workflows.ts';

/** The three engines, the steps that workflows take too, and what must hold before anything is destroyed. */
export interface CollectorPorts extends Pick<ClosedWorkflowPorts, 'removePod' | 'settleAttempt'> {
  readonly list: PodList;
  readonly pods: Pick<PodGateway, 'get' | 'delete' | 'release' | 'node'>;
  readonly rows: CollectorStore;
  readonly attempts: Pick<AttemptStore, 'markProvenDead'>;
  readonly workflows: WorkflowDescriber;
  /** Ends a task whose workflow is closed; true once its row is final. */
  readonly endClosed: (taskId: string) => Promise<boolean>;
  /** Throws unless Temporal and the cluster answer and are those that the rows belong to. */
  readonly recognise: () => Promise<void>;
  readonly fence: Pick<Fence, 'check'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly logger: Logger;
}
