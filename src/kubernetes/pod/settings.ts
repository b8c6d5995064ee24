/** What an administrator decides about task pods. */
import type { FileClaim } from '../../tes/urls.ts';

/** Everything a pod is built from, beside the task. Images are full references, gigabytes are 10^9 bytes. */
export interface PodSettings {
  readonly namespace: string;
  readonly shimImage: string;
  readonly transporterImage: string;
  readonly imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never';
  /** What an executor gets when its task does not say. */
  readonly defaults: {
    readonly cpuCores: number;
    readonly ramGb: number;
    readonly diskGb: number;
  };
  readonly fileClaims: readonly FileClaim[];
  /** How many bytes of each stream are kept. */
  readonly tailBytes: number;
  /** How long a command may take to stop after SIGTERM, in seconds. */
  readonly graceSeconds: number;
  /** How long a command may run; absent = as long as it likes. */
  readonly runDeadlineSeconds?: number;
}
