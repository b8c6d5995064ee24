/** The complete `logs[]` entry of a settled attempt. */
import type { Evidence } from './evidence.ts';
import { KILLED_EXIT_CODE, killRecord } from './executor-end.ts';
import type { PodObservation } from './observation.ts';
import { recordsOf, type StageRecords } from './records.ts';
import type { ExecutorRecord } from './report.ts';
import { endsOf, executorIndex, executorStage, stageOf } from './stages.ts';
import { tellStory } from './story.ts';
import type { ExecutorLog, OutputFileLog, TaskLog } from './task.ts';
import { toDate, toRfc3339 } from './times.ts';
import type { Verdict } from './verdict.ts';

/** What the entry is made from, beside the evidence. */
export interface TaskLogFacts {
  readonly evidence: Evidence;
  readonly verdict: Verdict;
  /** Counts from 1. */
  readonly attempt: number;
  readonly openedAt: Date;
  readonly settledAt: Date;
  /** Warnings of the system from the submission, shown first. */
  readonly warnings: readonly string[];
}

/** Builds the entry; every executor that ran has a log with an integer exit code, and unknown times are left out. */
export function buildTaskLog(facts: TaskLogFacts): TaskLog {
  const { evidence, openedAt, settledAt } = facts;
  const { executors, pod, report } = evidence;
  const records = recordsOf({ executors: executors.length, pod, report });
  const startedAt = toDate(pod?.scheduledAt) ?? openedAt;
  const endedAt = toDate(report?.endedAt) ?? lastEnd(pod) ?? settledAt;

  return {
    logs: executorLogs(evidence, records),
    metadata: metadataOf(pod),
    start_time: startedAt.toISOString(),
    // The clocks of Node and API server differ: an end before the start would be nonsense to readers.
    end_time: (endedAt < startedAt ? startedAt : endedAt).toISOString(),
    outputs: outputLogs(evidence),
    system_logs: tellStory({ ...facts, records }),
  };
}

function executorLogs(evidence: Evidence, records: StageRecords): ExecutorLog[] {
  return records.executors.flatMap((known, index) => {
    const record = known ?? killRecord(evidence, index);
    const exitCode = record && exitCodeOf(record);
    if (record === undefined || exitCode === undefined) return [];
    return [
      {
        ...timesOf(evidence, index, record),
        ...streamsOf(record),
        exit_code: exitCode,
      },
    ];
  });
}

function timesOf(
  { pod }: Evidence,
  index: number,
  { startedAt, endedAt }: ExecutorRecord,
): Pick<ExecutorLog, 'start_time' | 'end_time'> {
  const start = toRfc3339(startedAt) ?? statusTime(pod, index, 'startedAt');
  const end = toRfc3339(endedAt) ?? statusTime(pod, index, 'finishedAt');
  return {
    ...(start !== undefined && { start_time: start }),
    ...(end !== undefined && { end_time: end }),
  };
}

function streamsOf({ stdout, stderr }: ExecutorRecord): Pick<ExecutorLog, 'stdout' | 'stderr'> {
  return {
    ...(stdout !== undefined && { stdout }),
    ...(stderr !== undefined && { stderr }),
  };
}

/** Undefined when the command never ran: skipped, or it could not be started. */
function exitCodeOf(record: ExecutorRecord): number | undefined {
  return record.exitCode ?? (record.killed === true ? KILLED_EXIT_CODE : undefined);
}

/** The first run's time as its status has it, for a record that was lost with its container. */
function statusTime(
  pod: PodObservation | undefined,
  index: number,
  time: 'startedAt' | 'finishedAt',
): string | undefined {
  return toRfc3339(endsOf(stageOf(pod, executorStage(index))).at(-1)?.[time]);
}

function outputLogs({ report }: Evidence): OutputFileLog[] {
  return (report?.outputs ?? []).map(({ url, path, sizeBytes }) => ({
    url,
    path,
    size_bytes: `${sizeBytes}`,
  }));
}

/** Pod, node, and of each executor the image that was asked for and the digest that ran. */
function metadataOf(pod: PodObservation | undefined): Record<string, string> {
  if (pod === undefined) return {};
  const images = pod.containers
    .filter(({ name }) => executorIndex(name) !== undefined)
    .flatMap(({ name, image, imageId }) => [
      [`${name}.image`, image],
      ...(imageId === undefined ? [] : [[`${name}.image_id`, imageId]]),
    ]);
  return Object.fromEntries([
    ['pod', pod.name],
    ...(pod.nodeName === undefined ? [] : [['node', pod.nodeName]]),
    ...images,
  ]) as Record<string, string>;
}

function lastEnd(pod: PodObservation | undefined): Date | undefined {
  const ends = (pod?.containers ?? [])
    .flatMap((container) => endsOf(container))
    .flatMap(({ finishedAt }) => toDate(finishedAt) ?? []);
  return ends.reduce<Date | undefined>(
    (latest, end) => (latest === undefined || end > latest ? end : latest),
    undefined,
  );
}
