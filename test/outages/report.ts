/** The report of a run, as Markdown. */
import type { Machine } from '../bench/machine.ts';
import type { Answer } from './clients.ts';
import type { Share } from './processor-time.ts';
import type { Outcome } from './run.ts';

/** When and where it was run. */
export interface Setting {
  readonly at: string;
  readonly machine: Machine;
  readonly loadAfter: readonly number[];
}

/** One section an outage. */
export function buildReport(outcomes: readonly Outcome[], setting: Setting): string {
  const { at, machine, loadAfter } = setting;
  const load = (values: readonly number[]): string =>
    values.map((value) => value.toFixed(1)).join(' ');
  return [
    `${at}; ${machine.cores} cores (${machine.model}), ${machine.memoryGib} GiB, Node ${machine.node}; load before ${load(machine.load)}, after ${load(loadAfter)}.`,
    ...outcomes.flatMap((outcome) => ['', ...sectionOf(outcome)]),
    '',
  ].join('\n');
}

function sectionOf(outcome: Outcome): string[] {
  const { engine, how, outageMs, violations, settledMs, freshMs, traffic, restarts } = outcome;
  return [
    `## ${engine}, ${how}, ${outageMs / 60_000} min`,
    '',
    `**${violations.length} violations.** ${outcome.ends.length} tasks, ${restarts} restarts of processes.`,
    '',
    ...table(['task', 'state when it went away', 'end'], taskRows(outcome)),
    '',
    ...table(
      ['request meanwhile', 'answers', 'p50 ms', 'longest ms', 'Retry-After'],
      answerRows(outcome.asked.answers),
    ),
    '',
    ...table(
      ['process', 'core before', 'core meanwhile', 'highest 10 s', 'log lines'],
      processRows(outcome),
    ),
    '',
    `After the return: a task posted then was COMPLETE after ${seconds(freshMs)}; ${settledMs.length} attempts that were due were settled after ${seconds(settledMs[0])} (first), ${seconds(settledMs[Math.floor(settledMs.length / 2)])} (median), ${seconds(settledMs.at(-1))} (last).`,
    '',
    `Most requests a second over four seconds after the return: Postgres ${traffic.postgres.toFixed(0)} transactions, Temporal ${traffic.temporal.toFixed(0)}, Kubernetes ${traffic.kubernetes.toFixed(0)}.`,
    ...violations
      .slice(0, 30)
      .map(({ kind, text, taskId }) => `* ${kind}: ${text} ${taskId ?? ''}`),
  ];
}

function taskRows({ met, ends }: Outcome): string[][] {
  const parts = [...new Set(ends.map(([part]) => part))];
  const tell = (of: readonly (readonly [string, string])[], part: string): string =>
    [
      ...Map.groupBy(
        of.filter(([name]) => name === part),
        ([, state]) => state,
      ),
    ]
      .map(([state, all]) => `${all.length} ${state}`)
      .join(', ');
  return parts.map((part) => [part, tell(met, part), tell(ends, part)]);
}

function answerRows(answers: readonly Answer[]): string[][] {
  return [...Map.groupBy(answers, ({ what }) => what)].map(([what, of]) => {
    const times = of.map(({ ms }) => ms).toSorted((a, b) => a - b);
    const statuses = [...Map.groupBy(of, ({ status }) => status)];
    return [
      what,
      statuses.map(([status, all]) => `${all.length} × ${status ?? 'none'}`).join(', '),
      (times[Math.floor(times.length / 2)] ?? 0).toFixed(1),
      (times.at(-1) ?? 0).toFixed(0),
      [...new Set(of.flatMap(({ retryAfter }) => retryAfter ?? []))].join(', '),
    ];
  });
}

function processRows({ before, during, logLines }: Outcome): string[][] {
  const percent = (share: number | undefined): string => `${((share ?? 0) * 100).toFixed(1)} %`;
  return during.map(({ name, mean, peak }: Share) => [
    name,
    percent(before.find((share) => share.name === name)?.mean),
    percent(mean),
    percent(peak),
    String(logLines[`${name}-1.log`] ?? 0),
  ]);
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? '–' : `${(ms / 1000).toFixed(1)} s`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
