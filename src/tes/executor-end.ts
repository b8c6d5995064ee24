/** What speaks against an executor: its record, read together with the statuses of its container. */
import { endVerdict } from './end-verdict.ts';
import type { EndWay } from './ends.ts';
import type { Evidence, ExecutorFacts } from './evidence.ts';
import type { PodObservation } from './observation.ts';
import type { ExecutorRecord } from './report.ts';
import { formatBytes, nameExecutor } from './sentences.ts';
import { endsOf, executorStage, INPUTS, NEVER_RAN, stageOf, STOPPED_EXIT_CODE } from './stages.ts';
import { secondsBetween } from './times.ts';
import type { Verdict } from './verdict.ts';
import { stageFailure } from './verdicts.ts';

/** The exit code of a command that was killed together with its container. */
export const KILLED_EXIT_CODE = 137;

interface ExecutorCase {
  readonly name: string;
  readonly pod: PodObservation | undefined;
  readonly facts: ExecutorFacts;
  readonly record: ExecutorRecord;
  /** A new sandbox took the place of the one in which it ran. */
  readonly lostSandbox: boolean;
  readonly oom: boolean;
}

/**
 * The verdict of one executor, or undefined when nothing speaks against it: it succeeded, its failure is ignored,
 * it was skipped, or nothing is known. A kill that no OOM explains and an exit after a SIGTERM from Kubernetes are
 * never the executor's failure, with or without `ignore_error`.
 */
export function executorVerdict(
  evidence: Evidence,
  index: number,
  record: ExecutorRecord | undefined,
): Verdict | undefined {
  const facts = evidence.executors[index];
  const known = record ?? killRecord(evidence, index);
  if (facts === undefined || known === undefined || known.skipped === true) return undefined;
  return judge({
    name: nameExecutor(index, facts.image),
    pod: evidence.pod,
    facts,
    record: known,
    lostSandbox: hasBegunAnew(evidence.pod, index, known),
    oom: wasOomKilled(evidence, index),
  });
}

/** True when Kubernetes reported an OOM kill in the executor's container, now or as the watcher saw it. */
export function wasOomKilled({ pod, oomKilled }: Evidence, index: number): boolean {
  const name = executorStage(index);
  return (
    oomKilled.has(name) || endsOf(stageOf(pod, name)).some(({ reason }) => reason === 'OOMKilled')
  );
}

/**
 * A container that a signal ended before its shim could leave a record was killed as a whole. A shim that was asked to
 * stop and left none had not begun with its command.
 */
export function killRecord({ pod }: Evidence, index: number): ExecutorRecord | undefined {
  const end = endsOf(stageOf(pod, executorStage(index)))[0];
  if (end === undefined || NEVER_RAN.has(end.reason)) return undefined;
  return end.exitCode > 128 && end.exitCode !== STOPPED_EXIT_CODE ? { killed: true } : undefined;
}

function judge(executor: ExecutorCase): Verdict | undefined {
  const { failure } = executor.record;
  return interruption(executor) ?? ownFailure(executor) ?? (failure && stageFailure(failure));
}

function interruption({
  name,
  facts,
  record,
  lostSandbox,
  oom,
  pod,
}: ExecutorCase): Verdict | undefined {
  const where = { executor: name, node: pod?.nodeName };
  if (record.killed === true && !oom) {
    return endVerdict(lostSandbox ? 'sandboxLost' : 'containerKilled', where);
  }
  if (record.timedOut === true) return endVerdict('runDeadline', where);
  // After a SIGTERM the shim stops the task, unless the command succeeded and would have been forgiven anything.
  const wentOn = facts.ignoreError && record.exitCode === 0;
  if (record.signalled !== true || wentOn) return undefined;
  return endVerdict(lostSandbox ? 'sandboxLost' : 'interrupted', where);
}

/**
 * A new sandbox starts the stages again from the first one, which had ended before the executor ran. Both times are of
 * the executor's node, whole seconds in a status: within the same second nothing is proven.
 */
function hasBegunAnew(
  pod: PodObservation | undefined,
  index: number,
  record: ExecutorRecord,
): boolean {
  const began = record.startedAt ?? endsOf(stageOf(pod, executorStage(index))).at(-1)?.startedAt;
  const first = stageOf(pod, INPUTS)?.state;
  const again =
    first?.kind === 'running' || first?.kind === 'terminated' ? first.startedAt : undefined;
  return (secondsBetween(began, again) ?? 0) > 0;
}

function ownFailure({ name, facts, record, oom }: ExecutorCase): Verdict | undefined {
  const exitCode = record.killed === true ? KILLED_EXIT_CODE : record.exitCode;
  if (exitCode === undefined || exitCode === 0 || facts.ignoreError) return undefined;
  const { signal } = record;
  return endVerdict(wayOf(record, exitCode, oom), {
    executor: name,
    exitCode,
    memory: facts.memoryLimitBytes === undefined ? undefined : formatBytes(facts.memoryLimitBytes),
    signal: signal === undefined ? undefined : nameSignal(signal),
  });
}

function wayOf({ killed, signal }: ExecutorRecord, exitCode: number, oom: boolean): EndWay {
  if (killed === true) return 'oomContainer';
  if (oom) return exitCode === KILLED_EXIT_CODE ? 'oomCommand' : 'oomProcess';
  if (signal !== undefined) return 'signal';
  return SHELL_CODES[exitCode] ?? 'exitCode';
}

/** What shells mean by these codes. */
const SHELL_CODES: Readonly<Record<number, EndWay>> = { 126: 'notExecutable', 127: 'notFound' };

const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
};

function nameSignal(signal: number): string {
  const name = SIGNALS[signal];
  return name === undefined ? `${signal}` : `${signal} (${name})`;
}
