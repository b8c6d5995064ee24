/** The story of an attempt for `system_logs`: what happened, in order, and at last the reason of its end. */
import type { Evidence } from './evidence.ts';
import { wasOomKilled } from './executor-end.ts';
import type { StageRecords } from './records.ts';
import type { ExecutorRecord, Report } from './report.ts';
import { countFiles, formatBytes, formatSeconds } from './sentences.ts';
import { hasStarted, OUTPUTS, stageOf } from './stages.ts';
import { secondsBetween, toRfc3339 } from './times.ts';
import type { Verdict } from './verdict.ts';

/** What the story is told from. */
export interface StoryFacts {
  readonly evidence: Evidence;
  readonly records: StageRecords;
  readonly verdict: Verdict;
  readonly attempt: number;
  readonly warnings: readonly string[];
}

/** One sentence a line; the last line is the verdict's message. */
export function tellStory({ evidence, records, verdict, attempt, warnings }: StoryFacts): string[] {
  return [
    ...warnings,
    ...scheduling(evidence, attempt),
    ...inputs(evidence, records),
    ...records.executors.flatMap((_, index) => executor(evidence, records, index)),
    ...outputs(evidence, records),
    verdict.message,
  ];
}

function scheduling({ pod }: Evidence, attempt: number): string[] {
  if (pod?.nodeName === undefined) return [];
  const time = toRfc3339(pod.scheduledAt);
  const at = time === undefined ? '' : ` at ${time}`;
  const waited = duration(pod.createdAt, pod.scheduledAt, ' after');
  return [`Attempt ${attempt}: pod ${pod.name} scheduled on node ${pod.nodeName}${at}${waited}.`];
}

function inputs({ pod }: Evidence, { inputs: record }: StageRecords): string[] {
  if (record === undefined) return [];
  const what = `${countFiles(record.files)}, ${formatBytes(record.bytes)}`;
  const ended = record.failure === undefined ? 'done' : 'failed';
  const prepared = duration(pod?.scheduledAt, record.startedAt);
  return [
    ...(prepared === '' ? [] : [`Pod prepared${prepared}: volumes, network, Orrery's own image.`]),
    `Inputs ${ended}: ${what}${duration(record.startedAt, record.endedAt)}.`,
  ];
}

function executor(evidence: Evidence, records: StageRecords, index: number): string[] {
  const record = records.executors[index];
  const facts = evidence.executors[index];
  if (record === undefined || facts === undefined || record.skipped === true) return [];
  const before = index === 0 ? records.inputs : records.executors[index - 1];
  const pulled = duration(before?.endedAt, record.startedAt);
  const ending = endingOf(record, wasOomKilled(evidence, index));
  const time = duration(record.startedAt, record.endedAt);
  const isIgnored = facts.ignoreError && record.exitCode !== 0 && record.failure === undefined;
  return [
    ...(pulled === '' ? [] : [`Image ${facts.image} of executor ${index} ready${pulled}.`]),
    `Executor ${index} ${ending}${time}${isIgnored ? ' (errors are ignored)' : ''}.`,
  ];
}

function endingOf(record: ExecutorRecord, oom: boolean): string {
  if (record.failure !== undefined && record.exitCode === undefined) return 'could not be started';
  const memory = oom ? ' for its use of memory' : '';
  if (record.killed === true) return `was killed together with its container${memory}`;
  const asked = record.signalled === true ? ' after Kubernetes asked it to stop' : '';
  const oomNote = oom ? ', one of its processes was killed for its use of memory' : '';
  return record.exitCode === undefined
    ? `ended without an exit code${asked}`
    : `ended with exit code ${record.exitCode}${asked}${oomNote}`;
}

function outputs({ pod, report }: Evidence, records: StageRecords): string[] {
  if (report !== undefined) return [...report.warnings, ...uploaded(report)];
  if (records.outputs === undefined && !hasStarted(stageOf(pod, OUTPUTS))) {
    const hasRun = records.executors.some(
      (record) => record !== undefined && record.skipped !== true,
    );
    return hasRun ? [CUT_SHORT] : [];
  }
  return [
    'The report of the outputs stage is lost: the ends of the executors were read from the pod, what they printed and the list of uploaded files are unknown.',
  ];
}

const CUT_SHORT =
  'The pod ended before its outputs could be uploaded; of what the commands printed, at most the last lines are kept.';

/** After inputs that failed nothing ran: that no file was uploaded then is not worth a word. */
function uploaded(report: Report): string[] {
  const { outputs: files, outputsSummary, failure, startedAt, endedAt } = report;
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const all = outputsSummary ?? { files: files.length, bytes };
  const cut = outputsSummary === undefined ? '' : ` (the list shows ${files.length} of them)`;
  if (all.files === 0 && failure === undefined && report.inputs?.failure !== undefined) return [];
  const ended = failure === undefined ? 'done' : 'failed';
  return [
    `Outputs ${ended}: ${countFiles(all.files)}, ${formatBytes(all.bytes)}${duration(startedAt, endedAt)}${cut}.`,
  ];
}

function duration(from: string | undefined, to: string | undefined, preposition = ' in'): string {
  const seconds = secondsBetween(from, to);
  return seconds === undefined ? '' : `${preposition} ${formatSeconds(Math.max(0, seconds))}`;
}
