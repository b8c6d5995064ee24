/** What speaks against an executor: its record, read together with the statuses of its container. */
import type { Evidence, ExecutorFacts } from './evidence.ts';
import type { ExecutorRecord } from './report.ts';
import { formatBytes, nameExecutor } from './sentences.ts';
import { endsOf, executorStage, NEVER_RAN, stageOf } from './stages.ts';
import type { Verdict } from './verdict.ts';
import { executorFailure, infrastructure, stageFailure } from './verdicts.ts';

/** The exit code of a command that was killed together with its container. */
export const KILLED_EXIT_CODE = 137;

interface ExecutorCase {
  readonly index: number;
  readonly facts: ExecutorFacts;
  readonly record: ExecutorRecord;
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
  return judge({ index, facts, record: known, oom: wasOomKilled(evidence, index) });
}

/** True when Kubernetes reported an OOM kill in the executor's container, now or as the watcher saw it. */
export function wasOomKilled({ pod, oomKilled }: Evidence, index: number): boolean {
  const name = executorStage(index);
  return (
    oomKilled.has(name) || endsOf(stageOf(pod, name)).some(({ reason }) => reason === 'OOMKilled')
  );
}

/** A container that a signal ended before its shim could leave a record was killed as a whole. */
export function killRecord({ pod }: Evidence, index: number): ExecutorRecord | undefined {
  const end = endsOf(stageOf(pod, executorStage(index)))[0];
  return end === undefined || end.exitCode <= 128 || NEVER_RAN.has(end.reason)
    ? undefined
    : { killed: true };
}

function judge(executor: ExecutorCase): Verdict | undefined {
  const { failure } = executor.record;
  return interruption(executor) ?? ownFailure(executor) ?? (failure && stageFailure(failure));
}

function interruption({ index, facts, record, oom }: ExecutorCase): Verdict | undefined {
  const name = nameExecutor(index, facts.image);
  if (record.killed === true && !oom) {
    return infrastructure({
      code: 'ContainerKilled',
      message: `${name} was killed together with its container, and not for its use of memory.`,
    });
  }
  // After a SIGTERM the shim stops the task, unless the command succeeded and would have been forgiven anything.
  const wentOn = facts.ignoreError && record.exitCode === 0;
  if (record.signalled !== true || wentOn) return undefined;
  return infrastructure({
    code: 'Interrupted',
    message: `${name} was asked to stop by Kubernetes before it had ended.`,
  });
}

function ownFailure(executor: ExecutorCase): Verdict | undefined {
  const { facts, record } = executor;
  const exitCode = record.killed === true ? KILLED_EXIT_CODE : record.exitCode;
  if (exitCode === undefined || exitCode === 0 || facts.ignoreError) return undefined;
  return executorFailure(explain(executor, exitCode));
}

function explain(
  { index, facts, record, oom }: ExecutorCase,
  code: number,
): { readonly code: string; readonly message: string } {
  const name = nameExecutor(index, facts.image);
  const limit =
    facts.memoryLimitBytes === undefined ? '' : ` of ${formatBytes(facts.memoryLimitBytes)}`;
  if (oom && code === KILLED_EXIT_CODE) {
    return {
      code: 'OutOfMemory',
      message: `${name} was killed because it needed more memory than its limit${limit} (exit code ${code}); ask for more with resources.ram_gb.`,
    };
  }
  const signal = record.signal === undefined ? '' : ` after signal ${nameSignal(record.signal)}`;
  const hint = oom
    ? ` One of its processes was killed because the memory limit${limit} was reached.`
    : (EXIT_HINTS[code] ?? '');
  return {
    code: 'ExecutorFailed',
    message: `${name} ended with exit code ${code}${signal}.${hint}`,
  };
}

/** What shells mean by these codes. */
const EXIT_HINTS: Readonly<Record<number, string>> = {
  126: ' Its command was found but cannot be executed.',
  127: ' Its command was not found in the image.',
};

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
