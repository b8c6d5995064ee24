/** What the stages of a pod write down: the records behind termination messages and the report of `outputs`. */

/** Why a stage failed although it kept its head. */
export const STAGE_FAILURES = [
  'InputNotFound',
  'PathRefused',
  'OutputMissing',
  'DestinationUnusable',
  'TransferFailed',
  'WorkdirUnusable',
  'FileUnplaceable',
  'StdinMissing',
  'NodeRestarted',
] as const;

export type StageFailureCode = (typeof STAGE_FAILURES)[number];

/** A failure a stage knows, with one sentence for the user. */
export interface StageFailure {
  readonly code: StageFailureCode;
  readonly message: string;
}

/** The record of `inputs`. Times are RFC 3339, sizes bytes. */
export interface InputsRecord {
  readonly startedAt: string;
  readonly endedAt: string;
  readonly files: number;
  readonly bytes: number;
  readonly failure?: StageFailure;
}

/** The record of one executor: what really happened to the user's command. */
export interface ExecutorRecord {
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly exitCode?: number;
  readonly signal?: number;
  /** The container died as a whole while the command ran; why is in the pod's statuses. */
  readonly killed?: boolean;
  /** Kubernetes sent SIGTERM while the command ran. */
  readonly signalled?: boolean;
  /** The run deadline passed while the command ran. */
  readonly timedOut?: boolean;
  /** An earlier stage failed, the command was never started. */
  readonly skipped?: boolean;
  readonly failure?: StageFailure;
  readonly stdoutBytes?: number;
  readonly stderrBytes?: number;
  /** The ends of its streams; without a report only those of a command that was asked to stop, and shorter. */
  readonly stdout?: string;
  readonly stderr?: string;
}

/** One uploaded file. */
export interface UploadedFile {
  readonly url: string;
  readonly path: string;
  readonly sizeBytes: number;
}

/** What `outputs` prints, framed with length and checksum. */
export interface Report {
  readonly version: 1;
  readonly inputs?: InputsRecord;
  readonly executors: readonly (ExecutorRecord & { readonly index: number })[];
  readonly outputs: readonly UploadedFile[];
  readonly outputsSummary?: { readonly files: number; readonly bytes: number };
  readonly warnings: readonly string[];
  readonly failure?: StageFailure;
  readonly complete: boolean;
  readonly startedAt: string;
  readonly endedAt: string;
}
