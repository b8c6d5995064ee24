/** What the stages of an attempt are told. */
import { timeoutsOf } from '../../tes/backend-parameters.ts';
import { type MountPlan, mountPlan } from '../../tes/mount-plan.ts';
import { cleanPath, cleanPrefix } from '../../tes/paths.ts';
import { isPattern, parsePattern } from '../../tes/patterns.ts';
import { readOnlyInputs } from '../../tes/read-only-inputs.ts';
import type { ExecutorSpec, Fetch, StageSpec, Upload } from '../../tes/stage-spec.ts';
import type { Executor, Input, Output, TaskDocument } from '../../tes/task.ts';
import type { FileClaim } from '../../tes/urls.ts';
import { findClaim } from './claims.ts';
import type { PodSettings } from './settings.ts';

/** Kubernetes keeps 12 KiB of termination messages a pod, shared evenly by its containers. */
const POD_MESSAGE_BYTES = 12_288;

/** The largest report that `outputs` prints. */
export const REPORT_BYTES = 4 * 1024 * 1024;

/** The specification of every stage: a pure function of the document and the settings. */
export function buildStageSpec(document: TaskDocument, settings: PodSettings): StageSpec {
  const plan = mountPlan(document, settings.inputsReadOnly, settings.user !== undefined);
  const asReadOnly = readOnlyMark(document, settings);
  const messageBytes = Math.floor(POD_MESSAGE_BYTES / (document.executors.length + 2));
  const inputs = document.inputs ?? [];
  const runDeadline = runDeadlineOf(document, settings);
  return {
    version: 1,
    directories: plan.directories,
    contents: inputs.filter(hasContent).map((input) => ({
      path: cleanPath(input.path),
      data: Buffer.from(input.content, 'utf8').toString('base64'),
      ...asReadOnly(input),
    })),
    fetches: inputs
      .filter((input) => !hasContent(input))
      .map((input) => ({ ...toFetch(input, settings.fileClaims), ...asReadOnly(input) })),
    executors: document.executors.map((executor, index) => ({
      ...toExecutorSpec(executor, plan),
      index,
      readable: (document.outputs ?? []).map(toReadable),
      tailBytes: settings.tailBytes,
      messageBytes,
      graceSeconds: settings.graceSeconds,
      run_deadline_seconds: runDeadline,
    })),
    readOnly: plan.readOnly,
    outputs: {
      readOnly: plan.readOnly,
      uploads: (document.outputs ?? []).map((output) => toUpload(output, settings.fileClaims)),
      executors: document.executors.length,
      messageBytes,
      reportBytes: REPORT_BYTES,
    },
    messageBytes,
  };
}

/** The task's own, else the one of the settings, in seconds; null when it may run as long as it likes. */
function runDeadlineOf(document: TaskDocument, { runDeadlineSeconds }: PodSettings): number | null {
  const { runMs } = timeoutsOf(document, {});
  return runMs === undefined ? (runDeadlineSeconds ?? null) : Math.round(runMs / 1000);
}

/** What marks an input of this task as read-only. */
function readOnlyMark(
  document: TaskDocument,
  { inputsReadOnly }: PodSettings,
): (input: Input) => { readonly readOnly?: true } {
  if (!inputsReadOnly) return () => ({});
  const { paths } = readOnlyInputs(document);
  return ({ path }) => (paths.has(cleanPath(path)) ? { readOnly: true } : {});
}

/** Content that is not empty wins over the URL; without a URL an empty content is an empty file. */
function hasContent(input: Input): input is Input & { readonly content: string } {
  return (
    input.content !== undefined &&
    (input.content !== '' || input.url === undefined || input.url === '')
  );
}

function toFetch(input: Input, claims: readonly FileClaim[]): Fetch {
  const url = input.url ?? '';
  const claim = findClaim(url, claims);
  return {
    url,
    path: cleanPath(input.path),
    type: input.type,
    ...(claim === undefined ? {} : { claim }),
  };
}

function toUpload(output: Output, claims: readonly FileClaim[]): Upload {
  const claim = findClaim(output.url, claims);
  const pattern = isPattern(output);
  return {
    url: output.url,
    path: cleanPath(output.path),
    ...(pattern && output.path_prefix !== undefined
      ? { pathPrefix: cleanPrefix(output.path_prefix) }
      : {}),
    type: output.type,
    pattern,
    ...(claim === undefined ? {} : { claim }),
  };
}

function toReadable(output: Output): string {
  return isPattern(output) ? parsePattern(output.path).base : cleanPath(output.path);
}

function toExecutorSpec(
  executor: Executor,
  plan: MountPlan,
): Pick<
  ExecutorSpec,
  'argv' | 'env' | 'workdir' | 'stdin' | 'stdout' | 'stderr' | 'ignoreError' | 'carried'
> {
  const { workdir, stdin, stdout, stderr } = executor;
  return {
    argv: executor.command,
    env: Object.entries(executor.env ?? {}).map(([name, value]) => `${name}=${value}`),
    ...(workdir === undefined ? {} : { workdir: cleanPath(workdir) }),
    ...(stdin === undefined ? {} : { stdin: cleanPath(stdin) }),
    ...(stdout === undefined ? {} : { stdout: cleanPath(stdout) }),
    ...(stderr === undefined ? {} : { stderr: cleanPath(stderr) }),
    ignoreError: executor.ignore_error ?? false,
    carried: plan.carried,
  };
}
