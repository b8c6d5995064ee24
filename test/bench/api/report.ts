/** The result of `npm run bench:api` for people. */
import type { Machine } from '../machine.ts';
import { type ApiFigure, isReached, type Target } from './figure.ts';

/** Everything one run found. */
export interface ApiResult {
  readonly at: string;
  readonly command: string;
  readonly machine: Machine;
  readonly figures: readonly ApiFigure[];
  readonly notes: readonly string[];
}

const HEAD = ['measure', 'per second', 'p50 ms', 'p95 ms', 'p99 ms', 'target', 'reached'];

/** The run as Markdown. */
export function describeApiResult({ at, command, machine, figures, notes }: ApiResult): string {
  const { cores, model, memoryGib, load, node, postgres } = machine;
  const settings = Object.entries(postgres).map(([name, value]) => `${name} ${value}`);
  const rows = figures.map((figure) => [
    figure.measure,
    figure.perSecond === undefined ? '' : figure.perSecond.toFixed(0),
    ...[figure.median, figure.p95, figure.p99].map(toText),
    figure.target === undefined ? '' : describeTarget(figure.target),
    { true: 'yes', false: 'NO', undefined: '' }[String(isReached(figure))] ?? '',
  ]);
  return [
    `\`${command}\`, ${at}`,
    `${cores} cores (${model}), ${memoryGib} GiB, load before ${load.join(' ')}, Node ${node}`,
    `Postgres: ${settings.toSorted().join(', ')}`,
    ...notes,
    '',
    ...toTable([HEAD, ...rows]),
  ].join('\n');
}

function describeTarget({ perSecond, median, p99 }: Target): string {
  return [
    ...(perSecond === undefined ? [] : [`≥ ${perSecond}/s`]),
    ...(median === undefined ? [] : [`p50 ≤ ${median}`]),
    ...(p99 === undefined ? [] : [`p99 ≤ ${p99}`]),
  ].join(', ');
}

function toText(milliseconds: number): string {
  return milliseconds.toFixed(milliseconds < 10 ? 2 : milliseconds < 100 ? 1 : 0);
}

function toTable(rows: readonly (readonly string[])[]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, column: number): string =>
    column >= 1 && column <= 4
      ? cell.padStart(widths[column] ?? 0)
      : cell.padEnd(widths[column] ?? 0);
  const [head = HEAD, ...body] = rows.map((row) => `| ${row.map(pad).join(' | ')} |`);
  const rule = widths.map((width, column) =>
    column >= 1 && column <= 4 ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [String(head), `| ${rule.join(' | ')} |`, ...body];
}
