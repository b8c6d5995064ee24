/** The result for people. */
import type { Figure } from './figure.ts';
import type { Machine } from './machine.ts';

/** Everything one run found. */
export interface BenchResult {
  readonly at: string;
  readonly command: string;
  readonly version: string;
  readonly machine: Machine;
  readonly figures: readonly Figure[];
  readonly notes: readonly string[];
}

const HEAD = ['measure', 'unit', 'count', 'median', 'p95', 'p99', 'target'];

/** The run as Markdown, which reads well in a terminal too. */
export function describeResult({ at, command, machine, figures, notes }: BenchResult): string {
  const rows = figures.map((figure) => [
    figure.measure,
    figure.unit,
    String(figure.count),
    toText(figure.median),
    // One measurement has no spread.
    ...[figure.p95, figure.p99].map((value) => (figure.count === 1 ? '' : toText(value))),
    figure.target ?? '',
  ]);
  const { cores, model, memoryGib, load, node, postgres } = machine;
  const commits = Object.entries(postgres).map(([name, value]) => `${name} ${value}`);
  return [
    `\`${command}\`, ${at}`,
    `${cores} cores (${model}), ${memoryGib} GiB, load before ${load.join(' ')}, Node ${node}`,
    `Postgres: ${commits.toSorted().join(', ')}`,
    ...notes,
    '',
    ...toTable([HEAD, ...rows]),
  ].join('\n');
}

function toText(value: number): string {
  const size = Math.abs(value);
  if (size < 1) return value.toFixed(2);
  return value.toFixed(size < 10 ? 1 : 0);
}

function toTable(rows: readonly (readonly string[])[]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const toLine = (row: readonly string[]): string => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      const isNumber = column >= 2 && column <= 5;
      return isNumber ? cell.padStart(width) : cell.padEnd(width);
    });
    return `| ${cells.join(' | ')} |`;
  };
  const [head = HEAD, ...body] = rows;
  const rule = widths.map((width, column) =>
    column >= 2 && column <= 5 ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [head, rule, ...body].map(toLine);
}
