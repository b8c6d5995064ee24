/** The report of a run, as Markdown. */
import type { Machine } from '../bench/machine.ts';
import type { Violation } from './evidence.ts';
import { type Matrix, OPEN_STATES } from './matrix.ts';
import type { ChaosOptions } from './options.ts';
import type { Submission } from './submissions.ts';

/** What a run came to. */
export interface Outcome {
  readonly options: ChaosOptions;
  readonly at: string;
  readonly machine: Machine;
  readonly loadAfter: readonly number[];
  readonly matrix: Matrix;
  readonly wantedHits: number;
  readonly submissions: readonly Submission[];
  readonly states: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
  /** From the first submission to the last end, in seconds. */
  readonly seconds: number;
}

/** Builds the page. */
export function buildReport(outcome: Outcome): string {
  const { options, machine, violations, submissions, seconds } = outcome;
  const minutes = `--minutes ${options.minutes} --seed ${options.seed} --pods ${options.pods}`;
  const mutant = options.mutant === undefined ? '' : ` --mutant ${options.mutant}`;
  const load = (values: readonly number[]): string =>
    values.map((value) => value.toFixed(1)).join(' ');
  return [
    `# Chaos: ${submissions.length} tasks on ${options.pods} pods`,
    '',
    `\`npm run chaos -- --tasks ${options.tasks} ${minutes}${mutant}\`, ${outcome.at}`,
    '',
    `${machine.cores} cores (${machine.model}), ${machine.memoryGib} GiB, Node ${machine.node}; load before ${load(machine.load)}, after ${load(outcome.loadAfter)}.`,
    '',
    `**${violations.length} violations.** ${submissions.length} accepted tasks in ${Math.round(seconds)} s (${(submissions.length / seconds).toFixed(1)} a second).${describeLack(outcome)}`,
    '',
    '## Hits: action × target × state of a task',
    '',
    ...matrixTable(outcome.matrix),
    '',
    describeMissing(outcome),
    '',
    '## Counts',
    '',
    ...table(['what', 'how many'], Object.entries(outcome.counts)),
    '',
    '## Fates and ends',
    '',
    ...fateTable(outcome),
    ...(violations.length === 0 ? [] : ['', '## Violations', '', ...violationTable(violations)]),
    '',
  ].join('\n');
}

/** A run that could not accept all its tasks in its time says so. */
function describeLack({ options, submissions }: Outcome): string {
  const isLacking = submissions.length < options.tasks;
  return isLacking ? ` The time was over before ${options.tasks} tasks were accepted.` : '';
}

function matrixTable(matrix: Matrix): string[] {
  return table(
    ['action', 'target', ...OPEN_STATES],
    matrix.rows.map((row) => [
      row.action,
      row.target,
      ...OPEN_STATES.map((state) => matrix.hits(row, state) ?? '–'),
    ]),
  );
}

function describeMissing({ matrix, wantedHits }: Outcome): string {
  const missing = matrix.missing(wantedHits);
  if (missing.length === 0) return `Every cell was hit at least ${wantedHits} times.`;
  const never = matrix.missing(1);
  const named = never.length === 0 ? '' : ` Never hit: ${never.join(', ')}.`;
  return `${missing.length} cells were hit less than ${wantedHits} times.${named}`;
}

function fateTable({ submissions, states }: Outcome): string[] {
  const fates = Map.groupBy(submissions, ({ fate }) => fate.name);
  const rows = [...fates].map(([name, tasks]) => [
    name,
    tasks.length,
    tasks.filter(({ cancelSentAt }) => cancelSentAt !== undefined).length,
    tasks.filter(({ spoiled }) => spoiled > 0).length,
  ]);
  return [
    ...table(['fate', 'tasks', 'cancel asked', 'disturbed'], rows),
    '',
    ...table(['end', 'tasks'], Object.entries(states)),
  ];
}

function violationTable(violations: readonly Violation[]): string[] {
  return table(
    ['kind', 'task', 'what'],
    violations.slice(0, 50).map(({ kind, taskId, text }) => [kind, taskId ?? '', text]),
  );
}

function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string[] {
  const line = (cells: readonly unknown[]): string => `| ${cells.map(String).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
