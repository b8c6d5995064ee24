/** The life of one pod as the audit log of the API server tells it. */

/** Instants are epoch milliseconds. */
export interface PodLife {
  readonly name: string;
  readonly uid: string;
  readonly taskId: string;
  readonly attempt: number;
  readonly createdAt: number;
  /** When its gate was lifted: from then on it may run. Absent for a pod that never could. */
  readonly admittedAt?: number;
  /** When nothing of it could run any more; absent while that is not known. */
  readonly deadAt?: number;
  /** When its object was removed. */
  readonly removedAt?: number;
  /** The last phase that its kubelet reported. */
  readonly phase?: string;
  /** How often each container was reported to have been started. */
  readonly starts: Readonly<Record<string, number>>;
  /** What happened to it, in order, for people. */
  readonly story: readonly { readonly at: number; readonly text: string }[];
}
