/** The ports of Kubernetes: pods of ours, by name and uid. */
import type { NodeObservation, PodObservation } from '../tes/observation.ts';
import type { Report } from '../tes/report.ts';
import type { TaskDocument } from '../tes/task.ts';

/** What a pod is built from, beside the configuration. */
export interface PodPlan {
  readonly installation: string;
  readonly taskId: string;
  readonly number: number;
  readonly document: TaskDocument;
}

/** Kubernetes refused the pod for good (400, 413, 422): a bad task. The message is for the user. */
export interface Refusal {
  readonly kind: 'refused';
  readonly message: string;
}

/** Task pods. Every call throws a retryable TransientError when the API server cannot be asked. */
export interface PodGateway {
  get(name: string): Promise<PodObservation | undefined>;
  /** Creates the gated pod; `exists` carries the pod that has the name already, whoever made it. */
  createGated(
    plan: PodPlan,
  ): Promise<{ readonly kind: 'created' | 'exists'; readonly pod: PodObservation } | Refusal>;
  /** Whether a pod found under the name is the one this plan and this builder version would make. */
  matches(pod: PodObservation, plan: PodPlan): boolean;
  /** The attempt's Secrets, owned by the pod; remakes those of another owner or document. */
  ensureSecrets(plan: PodPlan, podUid: string): Promise<Refusal | { readonly kind: 'ready' }>;
  /** Removes the scheduling gate; false when pod or uid are not there any more. */
  liftGate(name: string, uid: string): Promise<boolean>;
  /** DELETE with a uid precondition; a pod that is gone is no error. Grace in seconds. */
  delete(name: string, uid: string, graceSeconds?: number): Promise<void>;
  /** Removes our finalizer by a patch that carries the uid; gone is no error. */
  release(name: string, uid: string): Promise<void>;
  /** The report that `outputs` printed, or undefined when it is lost or damaged. */
  readReport(name: string): Promise<Report | undefined>;
  /** The Node; 'gone' only when the API server says 404, undefined when we may not read Nodes (no proof then). */
  node(name: string): Promise<NodeObservation | 'gone' | undefined>;
}

/** What the list+watch tells: look at this pod (or this node) again. */
export interface PodWatch {
  /** Starts listing and watching; resolves once the first list is complete. */
  start(handlers: {
    readonly onPod: (pod: PodObservation) => void;
    readonly onPodGone: (pod: PodObservation) => void;
    readonly onNode: (node: NodeObservation) => void;
    readonly onNodeGone: (node: NodeObservation) => void;
    /** After each complete list of pods: the names that exist. */
    readonly onPodsListed: (names: ReadonlySet<string>) => void;
    /** The same of Nodes. */
    readonly onNodesListed: (names: ReadonlySet<string>) => void;
  }): Promise<void>;
  stop(): Promise<void>;
}
