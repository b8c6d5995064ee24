/** What the stages of a pod are told to do: written by the pod builder, read by the shim and the transporter. */

/** A folder of a file claim as the transporter sees it: where the claim is mounted and the path beneath it. */
export interface ClaimPath {
  readonly mount: string;
  readonly path: string;
}

/** One input that is fetched by URL. */
export interface Fetch {
  readonly url: string;
  readonly path: string;
  readonly type: 'FILE' | 'DIRECTORY';
  readonly claim?: ClaimPath;
  /** Nobody may write to what is fetched. */
  readonly readOnly?: true;
}

/** One declared output. `pattern` is true when `path` holds POSIX wildcards. */
export interface Upload {
  readonly url: string;
  readonly path: string;
  readonly pathPrefix?: string;
  readonly type: 'FILE' | 'DIRECTORY';
  readonly pattern: boolean;
  readonly claim?: ClaimPath;
}

/** One executor as its shim runs it. Sizes in bytes. */
export interface ExecutorSpec {
  readonly index: number;
  readonly argv: readonly string[];
  /** `NAME=value`, on top of what the image sets. */
  readonly env: readonly string[];
  readonly workdir?: string;
  readonly stdin?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly ignoreError: boolean;
  /** Lone files, outside every mounted directory, that are placed before and collected after the run. */
  readonly carried: readonly string[];
  /** Output paths that are made readable for the upload after the run. */
  readonly readable: readonly string[];
  readonly tailBytes: number;
  readonly messageBytes: number;
  readonly graceSeconds: number;
  /** How long the command may run before it is asked to stop; null = as long as it likes. */
  readonly run_deadline_seconds: number | null;
}

/** What the `outputs` stage does. Sizes in bytes. */
export interface OutputSpec {
  readonly uploads: readonly Upload[];
  readonly executors: number;
  /** As in the whole specification: where outputs hold these paths, they hold these inputs. */
  readonly readOnly: readonly string[];
  readonly messageBytes: number;
  readonly reportBytes: number;
}

/** The whole of it; gzip-compressed JSON, cut over the attempt's Secrets. */
export interface StageSpec {
  readonly version: 1;
  readonly directories: readonly { readonly path: string; readonly mode: number }[];
  /** Inline inputs, base64. */
  readonly contents: readonly {
    readonly path: string;
    readonly data: string;
    readonly readOnly?: true;
  }[];
  readonly fetches: readonly Fetch[];
  readonly executors: readonly ExecutorSpec[];
  /** Inputs that are mounted read-only: they lie beside the virtual root while executors run. */
  readonly readOnly: readonly string[];
  readonly outputs: OutputSpec;
  readonly messageBytes: number;
}
