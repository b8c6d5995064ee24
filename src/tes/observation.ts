/** What Kubernetes says about one pod, reduced to what Orrery decides on. */

/** How one container stands. Times are RFC 3339. */
export type ContainerState =
  | { readonly kind: 'none' }
  | { readonly kind: 'waiting'; readonly reason: string; readonly message: string }
  | { readonly kind: 'running'; readonly startedAt: string }
  | TerminatedState;

/** A container that ended. `signal` is set when Kubernetes names one. */
export interface TerminatedState {
  readonly kind: 'terminated';
  readonly exitCode: number;
  readonly signal?: number;
  readonly reason: string;
  readonly message: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

/** One container of the pod, in the pod's order: `inputs`, `executor-0`…, `outputs`. */
export interface ContainerObservation {
  readonly name: string;
  readonly image: string;
  readonly imageId?: string;
  readonly state: ContainerState;
  readonly last?: TerminatedState;
  readonly restarts: number;
}

/** One pod as a GET or a watch event showed it. */
export interface PodObservation {
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  /** The kubelet, and nobody else, wrote the phase; absent when that is not known. */
  readonly phaseFromKubelet?: true;
  readonly reason?: string;
  readonly message?: string;
  readonly createdAt: string;
  readonly deletedAt?: string;
  readonly gated: boolean;
  readonly held: boolean;
  readonly nodeName?: string;
  readonly scheduledAt?: string;
  /** The scheduler's own text while the pod is unscheduled. */
  readonly unschedulable?: string;
  /** The node has not yet mounted the pod's volumes and made its network. */
  readonly unprepared?: true;
  /** Reason of the DisruptionTarget condition. */
  readonly disruption?: string;
  readonly containers: readonly ContainerObservation[];
}

/** A Node as far as it proves something. */
export interface NodeObservation {
  readonly name: string;
  readonly uid: string;
  readonly ready: boolean;
  /** RFC 3339: since when it is not ready. */
  readonly notReadySince?: string;
  readonly outOfService: boolean;
}

/** Coarse classes of a pod, from fresh to ended; a waiting workflow is woken only when the class worsens. */
export const POD_CLASSES = ['fresh', 'trouble', 'node-lost', 'gone', 'ended'] as const;

export type PodClass = (typeof POD_CLASSES)[number];
