/** How much processes write to their logs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Lines of each log file in a folder, less those of before. */
export function countLogLines(
  folder: string,
  before: Readonly<Record<string, number>> = {},
): Readonly<Record<string, number>> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.log'));
  return Object.fromEntries(
    names.map((name) => {
      const lines = readFileSync(join(folder, name), 'utf8').split('\n').length - 1;
      return [name, lines - (before[name] ?? 0)];
    }),
  );
}
