/** Everything that is known when the end of an attempt is judged. */
import type { PodObservation } from './observation.ts';
import type { NodeSight } from './proven-dead.ts';
import type { Report } from './report.ts';
import type { Intent } from './verdict.ts';

/** What the task document and the configuration say of one executor. */
export interface ExecutorFacts {
  readonly ignoreError: boolean;
  readonly image: string;
  readonly memoryLimitBytes?: number | undefined;
}

/** Facts only, gathered in any order; `undefined` means that there is nothing to know or that it is lost. */
export interface Evidence {
  readonly executors: readonly ExecutorFacts[];
  readonly pod?: PodObservation | undefined;
  readonly report?: Report | undefined;
  /** Why Orrery deleted the pod, recorded before the delete. */
  readonly intent?: Intent | undefined;
  readonly node?: NodeSight;
  /** With which words Kubernetes refused the attempt's pod, for a pod that was never made. */
  readonly refusal?: string | undefined;
  /** What all files of the task may take on the disk. */
  readonly diskLimitBytes?: number | undefined;
  /** Names of the containers that the watcher saw OOMKilled, whatever their statuses say now. */
  readonly oomKilled: ReadonlySet<string>;
  readonly preemptible: boolean;
  readonly retriesOn: boolean;
}
