/** What an administrator decides about task pods. */
import type { PullSecret } from './image-rules.ts';
import type { Offers } from './offers.ts';
import type { FileClaim } from './urls.ts';

/** A Secret of the task namespace that every executor sees as files. */
export interface ExecutorSecret {
  readonly path: string;
  readonly secret: string;
}

/** Everything a pod is built from, beside the task and its namespace. Images are full references, gigabytes are 10^9 bytes. */
export interface PodRules {
  readonly shimImage: string;
  readonly transporterImage: string;
  readonly imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never';
  readonly images: {
    /** For names without a registry; absent leaves them to the container runtime. */
    readonly defaultRegistry?: string;
    readonly pullSecrets: readonly PullSecret[];
  };
  /** What an executor gets when its task does not say. */
  readonly defaults: {
    readonly cpuCores: number;
    readonly ramGb: number;
    readonly diskGb: number;
  };
  readonly offers: Offers;
  readonly fileClaims: readonly FileClaim[];
  /** Keep executors from changing inputs. */
  readonly inputsReadOnly: boolean;
  /** How many bytes of each stream are kept. */
  readonly tailBytes: number;
  /** How long a command may take to stop after SIGTERM, in seconds. */
  readonly graceSeconds: number;
  /** How long a command may run unless its task says otherwise; absent = as long as it likes. */
  readonly runDeadlineSeconds?: number;
  /** Keep to pod security `restricted`: every container runs as `user`, which must be there. */
  readonly restricted: boolean;
  /** Whom executors run as; absent = whom their image says. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Of pods whose task chooses none; absent = the default one of the namespace. */
  readonly serviceAccount?: string;
  readonly executorSecrets: readonly ExecutorSecret[];
}
